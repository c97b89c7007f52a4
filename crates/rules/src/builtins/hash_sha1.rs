//! `HashSha1`: SHA1 of a text, in lower-case hexadecimal digits.

use super::call::Make;
use super::{Builtin, Special, digests};

pub(super) const BUILTIN: Builtin = Builtin {
    signature: "HashSha1(input: str) -> str",
    about: "SHA1 of a text, in lower-case hexadecimal digits.",
    example: "Hash = HashSha1(input=Text)",
    is_pure: true,
    special: Special::None,
    make: Make::Plain(digests::call::<sha1::Sha1>),
};
