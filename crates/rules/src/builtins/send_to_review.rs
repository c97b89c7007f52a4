//! `SendToReview`: Puts the account that acts in the event before people, as a case under a policy.

use super::call::Make;
use super::{Builtin, Special, language};
use crate::check::typed::EffectKind;

pub(super) const BUILTIN: Builtin = Builtin {
    signature: "SendToReview(policy: const str, queue: const Optional[str] = None) -> Effect",
    about: "Puts the account that acts in the event before people, as a case under a policy.",
    example: "WhenRules(rules_any=[Spam], then=[SendToReview(policy='spam')])",
    is_pure: false,
    special: Special::Effect(EffectKind::Review),
    make: Make::Ready(language),
};
