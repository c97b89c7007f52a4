//! `HashSha256`: SHA256 of a text, in lower-case hexadecimal digits.

use super::call::Make;
use super::{Builtin, Special, digests};

pub(super) const BUILTIN: Builtin = Builtin {
    signature: "HashSha256(input: str) -> str",
    about: "SHA256 of a text, in lower-case hexadecimal digits.",
    example: "Hash = HashSha256(input=Text)",
    is_pure: true,
    special: Special::None,
    make: Make::Plain(digests::call::<sha2::Sha256>),
};
