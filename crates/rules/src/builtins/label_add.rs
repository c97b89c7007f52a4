//! `LabelAdd`: Sets a label on an entity.

use super::call::Make;
use super::{Builtin, Special, language};
use crate::check::typed::EffectKind;

pub(super) const BUILTIN: Builtin = Builtin {
    signature: "LabelAdd(entity: Entity, label: const str, delay_action_by: Optional[TimeDelta] = None, apply_if: Optional[Rule] = None, expires_after: Optional[TimeDelta] = None) -> Effect",
    about: "Sets a label on an entity.",
    example: "WhenRules(rules_any=[Spam], then=[LabelAdd(entity=UserId, label='spam')])",
    is_pure: false,
    special: Special::Effect(EffectKind::LabelAdd),
    make: Make::Ready(language),
};
