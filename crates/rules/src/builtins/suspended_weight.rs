//! `SuspendedWeight`: Bits with which an account's links speak for its being a suspended one's return; 0 where none do.

use super::call::{Arguments, Make};
use super::{Builtin, Special};
use crate::eval::value::{Outcome, Value};
use crate::eval::world::World;

pub(super) const BUILTIN: Builtin = Builtin {
    signature: "SuspendedWeight(account: Entity) -> float",
    about: "Bits with which an account's links speak for its being a suspended one's return; 0 where none do.",
    example: "Weight = SuspendedWeight(account=UserId)",
    is_pure: false,
    special: Special::None,
    make: Make::Plain(call),
};

fn call<'e>(arguments: &Arguments<'_, 'e>, world: &mut World<'_, 'e>) -> Outcome<'e> {
    let account = arguments.entity(0)?;
    Ok(Value::Float(world.host.suspended_weight(&crate::eval::python::to_str(&account.id))?))
}
