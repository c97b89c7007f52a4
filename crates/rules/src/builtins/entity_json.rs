//! `EntityJson`: Reads the id of an entity from the event.

use super::call::Make;
use super::{Builtin, Special, language};

pub(super) const BUILTIN: Builtin = Builtin {
    signature: "EntityJson(type: const str, path: const str, required: bool = True, coerce_type: bool = True) -> Any",
    about: "Reads the id of an entity from the event.",
    example: "UserId: Entity[str] = EntityJson(type='User', path='$.user.id')",
    is_pure: false,
    special: Special::EntityJson,
    make: Make::Ready(language),
};
