//! `Rule`: Holds when all its conditions do.

use super::call::Make;
use super::{Builtin, Special, language};

pub(super) const BUILTIN: Builtin = Builtin {
    signature: "Rule(when_all: list[bool], description: str) -> Rule",
    about: "Holds when all its conditions do.",
    example: "Spam = Rule(when_all=[LinkCount > 5], description='many links')",
    is_pure: false,
    special: Special::Rule,
    make: Make::Ready(language),
};
