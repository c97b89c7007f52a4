//! `GetActionName`: Name of the action: what kind of event it is.

use super::call::{Arguments, Make};
use super::{Builtin, Special};
use crate::eval::value::{Outcome, Value};
use crate::eval::world::World;

pub(super) const BUILTIN: Builtin = Builtin {
    signature: "GetActionName() -> str",
    about: "Name of the action: what kind of event it is.",
    example: "Kind = GetActionName()",
    is_pure: false,
    special: Special::None,
    make: Make::Plain(call),
};

fn call<'e>(_: &Arguments<'_, 'e>, world: &mut World<'_, 'e>) -> Outcome<'e> {
    Ok(Value::Text(world.action.name))
}
