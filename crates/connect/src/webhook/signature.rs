//! The signature by which a platform knows that a webhook is cordon's, whole and fresh.

use super::WebhookSecret;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::fmt;

/// The header that carries a [`Signature`].
pub const SIGNATURE_HEADER: &str = "Cordon-Signature";

/// Why a signature is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// Not of the form `t=<seconds>,v1=<64 hexadecimal digits>`.
    #[error("the signature cannot be read")]
    Malformed,
    /// Signed too long ago, or ahead of the receiver's clock: perhaps a replay.
    #[error("the signature's time is too far from now")]
    Stale,
    /// Another secret or another body.
    #[error("the signature does not fit the body")]
    Wrong,
}

/// HMAC-SHA256 over `<unix seconds>.<body>`, as `t=<unix seconds>,v1=<hexadecimal>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    signed_at_seconds: i64,
    code: Vec<u8>,
}

impl Signature {
    /// Signs `body` as sent at `now_seconds` since 1970.
    pub fn sign(secret: &WebhookSecret, body: &[u8], now_seconds: i64) -> Self {
        let code = keyed(secret, body, now_seconds).map(|mac| mac.finalize().into_bytes().to_vec());
        Self { signed_at_seconds: now_seconds, code: code.unwrap_or_default() }
    }

    /// Reads the header's value.
    ///
    /// Errors: [`SignatureError::Malformed`].
    pub fn parse(header: &str) -> Result<Self, SignatureError> {
        let (time, code) = header.split_once(',').ok_or(SignatureError::Malformed)?;
        let seconds = time.strip_prefix("t=").and_then(|seconds| seconds.parse().ok());
        let code = code.strip_prefix("v1=").and_then(parse_hexadecimal).filter(|code| code.len() == 32);
        match (seconds, code) {
            (Some(signed_at_seconds), Some(code)) => Ok(Self { signed_at_seconds, code }),
            _ => Err(SignatureError::Malformed),
        }
    }

    /// What a platform does: checks that `body` was signed with `secret` within `tolerance_seconds` of now. The
    /// comparison takes the same time wherever the two differ.
    ///
    /// Errors: [`SignatureError::Stale`], [`SignatureError::Wrong`].
    pub fn verify(
        &self,
        secret: &WebhookSecret,
        body: &[u8],
        now_seconds: i64,
        tolerance_seconds: i64,
    ) -> Result<(), SignatureError> {
        if now_seconds.abs_diff(self.signed_at_seconds) > tolerance_seconds.unsigned_abs() {
            return Err(SignatureError::Stale);
        }
        let mac = keyed(secret, body, self.signed_at_seconds).ok_or(SignatureError::Wrong)?;
        mac.verify_slice(&self.code).map_err(|_| SignatureError::Wrong)
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "t={},v1=", self.signed_at_seconds)?;
        self.code.iter().try_for_each(|byte| write!(out, "{byte:02x}"))
    }
}

/// `None` never: a key of any length is taken.
fn keyed(secret: &WebhookSecret, body: &[u8], seconds: i64) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.bytes()).ok()?;
    mac.update(seconds.to_string().as_bytes());
    mac.update(b".");
    mac.update(body);
    Some(mac)
}

fn parse_hexadecimal(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> =
        text.chars().map(|digit| digit.to_digit(16).map(|value| value as u8)).collect::<Option<_>>()?;
    let (pairs, rest) = digits.as_chunks::<2>();
    rest.is_empty().then(|| pairs.iter().map(|[high, low]| high << 4 | low).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret() -> WebhookSecret {
        WebhookSecret::new("a secret of 26 bytes, long").unwrap()
    }

    #[test]
    fn a_signature_reads_back_and_fits_only_its_body_secret_and_time() {
        let header = Signature::sign(&secret(), b"{}", 1_000).to_string();
        let signature = Signature::parse(&header).unwrap();
        assert_eq!(signature.verify(&secret(), b"{}", 1_299, 300), Ok(()));
        assert_eq!(signature.verify(&secret(), b"{}", 1_301, 300), Err(SignatureError::Stale));
        assert_eq!(signature.verify(&secret(), b"{ }", 1_000, 300), Err(SignatureError::Wrong));
        let other = WebhookSecret::new("another secret, also long").unwrap();
        assert_eq!(signature.verify(&other, b"{}", 1_000, 300), Err(SignatureError::Wrong));
        let moved = Signature::parse(&header.replace("t=1000", "t=1001")).unwrap();
        assert_eq!(moved.verify(&secret(), b"{}", 1_001, 300), Err(SignatureError::Wrong));
    }

    #[test]
    fn the_code_is_that_of_other_implementations() {
        // printf '1000.{}' | openssl dgst -sha256 -hmac 'a secret of 26 bytes, long'
        let header = Signature::sign(&secret(), b"{}", 1_000).to_string();
        assert_eq!(header, EXPECTED);
    }

    #[test]
    fn a_broken_header_is_malformed() {
        for header in ["", "t=1", "t=x,v1=00", "t=1,v1=0", "v1=00,t=1", "t=1,v1=zz"] {
            assert_eq!(Signature::parse(header), Err(SignatureError::Malformed), "{header}");
        }
    }

    const EXPECTED: &str = "t=1000,v1=ba776b3d0303b191c7c83cb18a5c0849aa98ea2b8abb886087253ba4aaea7a4f";
}
