//! `LinkedAccounts`: How many accounts share an entity.

use super::call::{Arguments, Make};
use super::{Builtin, Special};
use crate::eval::value::{Outcome, Value};
use crate::eval::world::World;

pub(super) const BUILTIN: Builtin = Builtin {
    signature: "LinkedAccounts(entity: Entity) -> int",
    about: "How many accounts share an entity.",
    example: "Shared = LinkedAccounts(entity=Ip)",
    is_pure: false,
    special: Special::None,
    make: Make::Plain(call),
};

fn call<'e>(arguments: &Arguments<'_, 'e>, world: &mut World<'_, 'e>) -> Outcome<'e> {
    let entity = arguments.entity(0)?;
    let count = world.host.linked_accounts(&entity.kind, &crate::eval::python::to_str(&entity.id))?;
    Ok(Value::Int(i64::try_from(count).unwrap_or(i64::MAX)))
}
