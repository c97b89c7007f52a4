//! Passwords, kept as Argon2id.

use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use cordon_model::ids::OperatorId;
use cordon_model::limits::{PASSWORD_BYTES_MAX, PASSWORD_BYTES_MIN};
use std::sync::OnceLock;

/// Memory of one hash in KiB: 19 MiB. With the two below, what OWASP's password storage cheat sheet asks for at least.
const MEMORY_KIB: u32 = 19 * 1_024;
/// Passes over the memory.
const PASSES: u32 = 2;
/// Lanes.
const LANES: u32 = 1;
/// Bytes of a salt.
pub const SALT_BYTES: usize = 16;

/// Why a password is not taken, or could not be hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Too short or too long.
    #[error("a password has {PASSWORD_BYTES_MIN} to {PASSWORD_BYTES_MAX} bytes, not {bytes}")]
    Length {
        /// How long it is.
        bytes: usize,
    },
    /// The first thing that anybody would try.
    #[error("a password is not the operator's name: choose another")]
    IsName,
    /// The memory for it could not be had.
    #[error("the password could not be hashed")]
    NotHashed,
}

/// Hashes a new password of `operator_id`: PHC form. Takes 19 MiB and tens of milliseconds.
///
/// Errors: [`PasswordError`].
pub fn hash(
    password: &str,
    operator_id: &OperatorId,
    salt: [u8; SALT_BYTES],
) -> Result<String, PasswordError> {
    if !(PASSWORD_BYTES_MIN..=PASSWORD_BYTES_MAX).contains(&password.len()) {
        return Err(PasswordError::Length { bytes: password.len() });
    }
    if password.eq_ignore_ascii_case(operator_id.as_str()) {
        return Err(PasswordError::IsName);
    }
    hash_text(password, salt)
}

/// Whether `password` is the one that was hashed. Without a hash it takes as long, and is not.
pub fn is_right(password: &str, hashed: Option<&str>) -> bool {
    static NOBODYS: OnceLock<Option<String>> = OnceLock::new();
    let nobodys = NOBODYS.get_or_init(|| hash_text("", [0; SALT_BYTES]).ok());
    let is_short_enough = password.len() <= PASSWORD_BYTES_MAX;
    let tried = if is_short_enough { password } else { "" };
    let against = hashed.or(nobodys.as_deref()).unwrap_or_default();
    let is_same = argon2().is_ok_and(|argon2| argon2.verify_password(tried.as_bytes(), against).is_ok());
    is_same && is_short_enough && hashed.is_some()
}

fn hash_text(password: &str, salt: [u8; SALT_BYTES]) -> Result<String, PasswordError> {
    let hashed = argon2()?.hash_password_with_salt(password.as_bytes(), &salt);
    hashed.map(|hash| hash.to_string()).map_err(|_| PasswordError::NotHashed)
}

fn argon2() -> Result<Argon2<'static>, PasswordError> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|_| PasswordError::NotHashed)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_right_or_wrong_and_nobodys_is_always_wrong() {
        let hashed = hash("a quiet harbour", &"alice".into(), [7; 16]).unwrap();
        assert!(hashed.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hashed}");
        assert!(is_right("a quiet harbour", Some(&hashed)));
        assert!(!is_right("a quiet harbor", Some(&hashed)));
        assert!(!is_right("", None) && !is_right("", Some("")));
        assert_ne!(hashed, hash("a quiet harbour", &"alice".into(), [8; 16]).unwrap());
    }

    #[test]
    fn what_is_short_long_or_the_name_is_refused() {
        let refused = |password: &str| hash(password, &"alice-the-lead".into(), [7; 16]).unwrap_err();
        assert_eq!(refused("elevenbytes"), PasswordError::Length { bytes: 11 });
        assert_eq!(refused(&"x".repeat(257)), PasswordError::Length { bytes: 257 });
        assert_eq!(refused("Alice-the-lead"), PasswordError::IsName);
        assert!(hash(&"x".repeat(256), &"alice".into(), [7; 16]).is_ok());
    }
}
