//! `Entity`: Makes an entity of a value.

use super::call::{Arguments, Make};
use super::{Builtin, Special};
use crate::eval::value::Outcome;
use crate::eval::world::World;
use std::sync::Arc;

pub(super) const BUILTIN: Builtin = Builtin {
    signature: "Entity(type: const str, id: T) -> Entity[T]",
    about: "Makes an entity of a value.",
    example: "Mail = Entity(type='Mail', id=Email)",
    is_pure: true,
    special: Special::None,
    make: Make::Plain(call),
};

fn call<'e>(arguments: &Arguments<'_, 'e>, _: &mut World<'_, 'e>) -> Outcome<'e> {
    let id = arguments.value(1).clone();
    let kind = Arc::from(arguments.text(0)?);
    crate::eval::coerce::entity(&kind, id)
}
