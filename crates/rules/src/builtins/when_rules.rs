//! `WhenRules`: Emits effects when one of the rules holds.

use super::call::Make;
use super::{Builtin, Special, language};

pub(super) const BUILTIN: Builtin = Builtin {
    signature: "WhenRules(rules_any: list[Rule], then: list[Effect])",
    about: "Emits effects when one of the rules holds.",
    example: "WhenRules(rules_any=[Spam], then=[DeclareVerdict(verdict='reject')])",
    is_pure: false,
    special: Special::Language,
    make: Make::Ready(language),
};
