//! `HashMd5`: MD5 of a text, in lower-case hexadecimal digits.

use super::call::Make;
use super::{Builtin, Special, digests};

pub(super) const BUILTIN: Builtin = Builtin {
    signature: "HashMd5(input: str) -> str",
    about: "MD5 of a text, in lower-case hexadecimal digits.",
    example: "Hash = HashMd5(input=Text)",
    is_pure: true,
    special: Special::None,
    make: Make::Plain(digests::call::<md5::Md5>),
};
