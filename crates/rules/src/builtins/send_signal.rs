//! `SendSignal`: Tells the platform something of the rule set's own; never a decision.

use super::call::Make;
use super::{Builtin, Special, language};
use crate::check::typed::EffectKind;

pub(super) const BUILTIN: Builtin = Builtin {
    signature: "SendSignal(name: str, detail: Optional[str] = None) -> Effect",
    about: "Tells the platform something of the rule set's own; never a decision.",
    example: "WhenRules(rules_any=[Spam], then=[SendSignal(name='slow_down', detail='posts')])",
    is_pure: false,
    special: Special::Effect(EffectKind::Signal),
    make: Make::Ready(language),
};
