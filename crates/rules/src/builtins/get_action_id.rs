//! `GetActionId`: Number of the action.

use super::call::{Arguments, Make};
use super::{Builtin, Special};
use crate::eval::value::{Outcome, Value};
use crate::eval::world::World;

pub(super) const BUILTIN: Builtin = Builtin {
    signature: "GetActionId() -> int",
    about: "Number of the action.",
    example: "Id = GetActionId()",
    is_pure: false,
    special: Special::None,
    make: Make::Plain(call),
};

fn call<'e>(_: &Arguments<'_, 'e>, world: &mut World<'_, 'e>) -> Outcome<'e> {
    Ok(Value::Int(world.action.id))
}
