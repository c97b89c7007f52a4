//! The signed link of a notice: whoever holds it may appeal against that one decision, until it expires.

use super::NoticeSettings;
use crate::audit::hexadecimal;
use cordon_model::clock::Timestamp;
use cordon_model::ids::{AccountId, DecisionId};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// What a token says before anybody has checked its signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppealToken {
    /// The decision that it is for.
    pub decision_id: DecisionId,
    /// When it ceases to count.
    pub expires_at: Timestamp,
    code: Vec<u8>,
}

impl AppealToken {
    /// Reads a token's text; `None` where it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let (seconds, decision_id, code) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() {
            return None;
        }
        let expires_at = Timestamp::from_seconds(i64::from_str_radix(seconds, 16).ok()?);
        let decision_id = String::from_utf8(bytes(decision_id)?).ok()?;
        Some(Self { decision_id: DecisionId(decision_id), expires_at, code: bytes(code)? })
    }
}

/// The token for an appeal against `decision_id` by `account_id`: letters, digits and dots.
pub fn sign(
    settings: &NoticeSettings,
    decision_id: &DecisionId,
    account_id: &AccountId,
    expires_at: Timestamp,
) -> String {
    let seconds = expires_at.seconds();
    let code = keyed(settings, decision_id, account_id, seconds);
    let code = code.map(|mac| mac.finalize().into_bytes().to_vec()).unwrap_or_default();
    format!("{seconds:x}.{}.{}", hexadecimal(decision_id.as_str().as_bytes()), hexadecimal(&code))
}

/// Whether the token was signed here for a decision on `account_id`, and has not expired.
pub fn verify(
    settings: &NoticeSettings,
    token: &AppealToken,
    account_id: &AccountId,
    now: Timestamp,
) -> bool {
    let mac = keyed(settings, &token.decision_id, account_id, token.expires_at.seconds());
    // Compared in constant time.
    now < token.expires_at && mac.is_some_and(|mac| mac.verify_slice(&token.code).is_ok())
}

/// `None` never: a key of any length is taken.
fn keyed(
    settings: &NoticeSettings,
    decision_id: &DecisionId,
    account_id: &AccountId,
    seconds: i64,
) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(settings.secret.as_bytes()).ok()?;
    // Lengths first, so that no two pairs of names are signed alike.
    for part in ["cordon.appeal.1", decision_id.as_str(), account_id.as_str(), &seconds.to_string()] {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part.as_bytes());
    }
    Some(mac)
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> =
        text.chars().map(|digit| digit.to_digit(16).map(|value| value as u8)).collect::<Option<_>>()?;
    let (pairs, rest) = digits.as_chunks::<2>();
    rest.is_empty().then(|| pairs.iter().map(|[high, low]| high << 4 | low).collect())
}
