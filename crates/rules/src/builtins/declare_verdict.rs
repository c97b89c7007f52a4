//! `DeclareVerdict`: Answers the event with a verdict.

use super::call::Make;
use super::{Builtin, Special, language};
use crate::check::typed::EffectKind;

pub(super) const BUILTIN: Builtin = Builtin {
    signature: "DeclareVerdict(verdict: str) -> Effect",
    about: "Answers the event with a verdict.",
    example: "WhenRules(rules_any=[Spam], then=[DeclareVerdict(verdict='reject')])",
    is_pure: false,
    special: Special::Effect(EffectKind::Verdict),
    make: Make::Ready(language),
};
