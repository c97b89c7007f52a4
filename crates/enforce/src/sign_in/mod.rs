//! Signing in by a password and a second factor: what is kept, and what counts as proof.
//!
//! Nothing here says which part was wrong: a proof holds or does not.

pub mod password;
pub mod throttle;
pub mod totp;

use crate::operators::token_digest;
use cordon_model::clock::Timestamp;
use cordon_model::operator::Operator;
use std::fmt;

/// What the record keeps of how an operator signs in.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// Whose; never a disabled one.
    pub operator: Operator,
    /// Argon2id in PHC form, with its salt and parameters.
    pub password: String,
    /// Counts up whenever older sessions are to end.
    pub generation: i64,
    /// The secret of a second factor that is in force, in Base32.
    pub totp_secret: Option<String>,
    /// The secret of one that waits for its first code, in Base32.
    pub totp_pending: Option<String>,
    /// The time step of the last code that counted.
    pub totp_step: Option<i64>,
}

impl fmt::Debug for Credentials {
    /// Never prints the secrets.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Credentials({}, secret)", self.operator.operator_id)
    }
}

/// What was shown beside the password; the record takes it once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// Nothing, as the operator has no second factor.
    PasswordAlone,
    /// The code of this time step.
    Step(i64),
    /// The recovery code with this digest, which need not exist.
    Recovery(String),
}

impl Credentials {
    /// What `code` proves at `now`, beside a password that was right; `None` where it proves nothing. Whether a
    /// recovery code exists, and whether a step was used meanwhile, only the record knows.
    pub fn proof(&self, code: Option<&str>, now: Timestamp) -> Option<Proof> {
        let Some(secret) = &self.totp_secret else { return Some(Proof::PasswordAlone) };
        let code = code?.trim();
        if code.len() == totp::DIGITS {
            return totp::matching_step(secret, code, now, self.totp_step).map(Proof::Step);
        }
        Some(Proof::Recovery(recovery_digest(code)))
    }
}

/// A recovery code of 80 random bits, for people to write down.
pub fn recovery_code(random: [u8; 10]) -> String {
    let text = totp::base32(&random).to_lowercase();
    let letters: Vec<char> = text.chars().collect();
    letters.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

/// All that the record keeps of a recovery code. Capitals, blanks and hyphens do not matter.
pub fn recovery_digest(code: &str) -> String {
    let plain: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    token_digest(&plain.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use cordon_model::operator::Role;

    fn credentials(totp_secret: Option<&str>) -> Credentials {
        let operator = Operator {
            operator_id: "alice".into(),
            display_name: "Alice".to_owned(),
            role: Role::Reviewer,
            is_disabled: false,
        };
        let totp_secret = totp_secret.map(str::to_owned);
        Credentials {
            operator,
            password: String::new(),
            generation: 1,
            totp_secret,
            totp_pending: None,
            totp_step: None,
        }
    }

    #[test]
    fn who_has_a_second_factor_proves_nothing_without_it() {
        let now = Timestamp::from_seconds(59);
        assert_eq!(credentials(None).proof(None, now), Some(Proof::PasswordAlone));
        let with = credentials(Some("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"));
        assert_eq!(with.proof(None, now), None);
        assert_eq!(with.proof(Some("287083"), now), None);
        assert_eq!(with.proof(Some("287082"), now), Some(Proof::Step(1)));
    }

    #[test]
    fn a_recovery_code_is_read_however_it_is_written() {
        let code = recovery_code([0xab; 10]);
        assert_eq!((code.len(), code.matches('-').count()), (19, 3));
        assert_eq!(recovery_digest(&code), recovery_digest(&code.to_uppercase().replace('-', " ")));
    }
}
