//! `Hold`: limits the reach of the account that acts in the event for some hours, while people look at its case.

use super::call::Make;
use super::{Builtin, Special, language};
use crate::check::typed::EffectKind;

pub(super) const BUILTIN: Builtin = Builtin {
    signature: "Hold(policy: const str, hours: const float, queue: const Optional[str] = None) -> Effect",
    about: "Limits the reach of the account that acts in the event, never its access, for at most 24 hours, and puts it before people as SendToReview does: no decision, over by itself, ended by a decision.",
    example: "WhenRules(rules_any=[Spam], then=[Hold(policy='spam', hours=6)])",
    is_pure: false,
    special: Special::Effect(EffectKind::Hold),
    make: Make::Ready(language),
};
