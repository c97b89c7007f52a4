//! `Require`: Runs another file, if a condition holds.

use super::call::Make;
use super::{Builtin, Special, language};

pub(super) const BUILTIN: Builtin = Builtin {
    signature: "Require(rule: str, require_if: bool = True)",
    about: "Runs another file, if a condition holds.",
    example: "Require(rule='posts.sml', require_if=EventType == 'post')",
    is_pure: false,
    special: Special::Language,
    make: Make::Ready(language),
};
