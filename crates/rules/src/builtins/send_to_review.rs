//! `SendToReview`: Puts the account that acts in the event before people, as a case under a policy.

use super::call::Make;
use super::{Builtin, Special, language};
use crate::check::typed::EffectKind;

pub(super) const BUILTIN: Builtin = Builtin {
    signature: "SendToReview(policy: const str, queue: const Optional[str] = None, priority: const Optional[int] = None) -> Effect",
    about: "Puts the account that acts in the event before people, as a case under a policy. Each step of `priority`, 0 to 4, puts it as far ahead as twice the harm would: six hours.",
    example: "WhenRules(rules_any=[Spam], then=[SendToReview(policy='spam', priority=2)])",
    is_pure: false,
    special: Special::Effect(EffectKind::Review),
    make: Make::Ready(language),
};
