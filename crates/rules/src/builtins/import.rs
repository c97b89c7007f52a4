//! `Import`: Makes the names of other files visible from here on, and runs them.

use super::call::Make;
use super::{Builtin, Special, language};

pub(super) const BUILTIN: Builtin = Builtin {
    signature: "Import(rules: const list[str])",
    about: "Makes the names of other files visible from here on, and runs them.",
    example: "Import(rules=['names.sml'])",
    is_pure: false,
    special: Special::Language,
    make: Make::Ready(language),
};
