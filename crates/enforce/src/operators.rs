//! Tokens: how a secret is known without being kept.

use crate::audit::hexadecimal;
use sha2::{Digest, Sha256};

/// SHA-256 of a token's text, hexadecimal: all that the record keeps of it. A token has 256 random bits, so a
/// plain hash suffices: there is no list of likely secrets to try.
///
/// Looking a token up by its digest takes the same time whether it is wrong or unknown: the text is hashed
/// whole first, and what is compared afterwards says nothing about the secret.
pub fn token_digest(text: &str) -> String {
    hexadecimal(&Sha256::digest(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_is_plain_sha_256() {
        assert_eq!(token_digest("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
