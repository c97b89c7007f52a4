//! `LabelRemove`: Takes a label off an entity.

use super::call::Make;
use super::{Builtin, Special, language};
use crate::check::typed::EffectKind;

pub(super) const BUILTIN: Builtin = Builtin {
    signature: "LabelRemove(entity: Entity, label: const str, delay_action_by: Optional[TimeDelta] = None, apply_if: Optional[Rule] = None, expires_after: Optional[TimeDelta] = None) -> Effect",
    about: "Takes a label off an entity.",
    example: "WhenRules(rules_any=[Fine], then=[LabelRemove(entity=UserId, label='spam')])",
    is_pure: false,
    special: Special::Effect(EffectKind::LabelRemove),
    make: Make::Ready(language),
};
