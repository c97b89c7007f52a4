//! Codes of six digits that change every 30 seconds: RFC 6238 with HMAC-SHA-1, as every authenticator reads it.

use cordon_model::clock::Timestamp;
use cordon_model::ids::OperatorId;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

/// Digits of a code.
pub const DIGITS: usize = 6;
/// Seconds for which a code is the current one.
pub const STEP_SECONDS: i64 = 30;
/// Steps by which clocks may differ, either way.
pub const STEPS_ASKEW: i64 = 1;
/// Bytes of a secret: 160 bits, as RFC 4226 recommends.
pub const SECRET_BYTES: usize = 20;

const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The step within [`STEPS_ASKEW`] of `now` whose code this is, later than `after`; `None` for a wrong or used code.
/// `secret` is Base32.
pub fn matching_step(secret: &str, code: &str, now: Timestamp, after: Option<i64>) -> Option<i64> {
    let key = from_base32(secret)?;
    let current = now.seconds().div_euclid(STEP_SECONDS);
    (current - STEPS_ASKEW..=current + STEPS_ASKEW)
        .filter(|step| after.is_none_or(|after| *step > after))
        .find(|step| code_of(&key, *step).is_some_and(|right| is_same(&right, code)))
}

/// What an authenticator reads to learn the secret.
pub fn uri(operator_id: &OperatorId, secret: &str) -> String {
    let name: String = operator_id.as_str().bytes().map(percent).collect();
    format!("otpauth://totp/cordon:{name}?secret={secret}&issuer=cordon&algorithm=SHA1&digits=6&period=30")
}

/// RFC 4648's Base32 without padding.
pub fn base32(bytes: &[u8]) -> String {
    let bits: Vec<u8> = bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1)).collect();
    let value = |five: &[u8]| (0..5).fold(0, |value, at| value << 1 | five.get(at).copied().unwrap_or(0));
    let letters = bits.chunks(5).filter_map(|five| ALPHABET.get(usize::from(value(five))));
    letters.map(|letter| char::from(*letter)).collect()
}

fn from_base32(text: &str) -> Option<Vec<u8>> {
    let mut bits = Vec::new();
    for letter in text.bytes() {
        let value = ALPHABET.iter().position(|known| *known == letter.to_ascii_uppercase())?;
        bits.extend((0..5).rev().map(|bit| (value >> bit & 1) as u8));
    }
    Some(bits.chunks_exact(8).map(|eight| eight.iter().fold(0, |byte, bit| byte << 1 | bit)).collect())
}

/// RFC 4226's truncation of the step's HMAC.
fn code_of(key: &[u8], step: i64) -> Option<String> {
    let mut mac = Hmac::<Sha1>::new_from_slice(key).ok()?;
    mac.update(&step.to_be_bytes());
    let digest = mac.finalize().into_bytes();
    let offset = usize::from(digest.last()? & 0xf);
    let four: [u8; 4] = digest.get(offset..offset + 4)?.try_into().ok()?;
    Some(format!("{:06}", (u32::from_be_bytes(four) & 0x7fff_ffff) % 1_000_000))
}

/// Compares all of it, whatever differs first.
fn is_same(right: &str, code: &str) -> bool {
    right.len() == code.len() && right.bytes().zip(code.bytes()).fold(0, |all, (a, b)| all | (a ^ b)) == 0
}

fn percent(byte: u8) -> String {
    if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
        char::from(byte).to_string()
    } else {
        format!("%{byte:02X}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &[u8] = b"12345678901234567890";

    #[test]
    fn the_codes_are_those_of_rfc_6238() {
        // Appendix B, of its eight digits the last six.
        let vectors = [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ];
        for (seconds, code) in vectors {
            assert_eq!(code_of(KEY, seconds / STEP_SECONDS).as_deref(), Some(code), "{seconds}");
        }
    }

    #[test]
    fn the_codes_are_those_of_rfc_4226() {
        let codes = ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583"];
        for (counter, code) in (0..).zip(codes) {
            assert_eq!(code_of(KEY, counter).as_deref(), Some(code), "{counter}");
        }
    }

    #[test]
    fn base32_is_that_of_rfc_4648() {
        for (bytes, text) in [("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foobar", "MZXW6YTBOI")] {
            assert_eq!(base32(bytes.as_bytes()), text);
            assert_eq!(from_base32(text).unwrap(), bytes.as_bytes());
        }
        assert_eq!(from_base32("1"), None);
    }

    #[test]
    fn a_code_holds_one_step_either_way_and_once() {
        let secret = base32(KEY);
        let at = |seconds| matching_step(&secret, "287082", Timestamp::from_seconds(seconds), None);
        assert_eq!([at(0), at(59), at(89)], [Some(1), Some(1), Some(1)]);
        assert_eq!(at(90), None);
        let again = matching_step(&secret, "287082", Timestamp::from_seconds(59), Some(1));
        assert_eq!(again, None);
    }

    #[test]
    fn the_address_for_authenticators_escapes_names() {
        assert!(
            uri(&"a b&c".into(), "MY").starts_with("otpauth://totp/cordon:a%20b%26c?secret=MY&issuer=cordon")
        );
    }
}
