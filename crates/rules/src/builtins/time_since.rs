//! `TimeSince`: How long before the action a time was, at least zero; any zone is ignored.

use super::call::{Arguments, Make};
use super::{Builtin, Special};
use crate::eval::value::{Fault, Outcome, Value};
use crate::eval::world::World;

pub(super) const BUILTIN: Builtin = Builtin {
    signature: "TimeSince(timestamp: str) -> TimeDelta",
    about: "How long before the action a time was, at least zero; any zone is ignored.",
    example: "Age = TimeSince(timestamp=CreatedAt)",
    is_pure: false,
    special: Special::None,
    make: Make::Plain(call),
};

fn call<'e>(arguments: &Arguments<'_, 'e>, world: &mut World<'_, 'e>) -> Outcome<'e> {
    let then = super::dates::parse(arguments.text(0)?, world.action.time)
        .ok_or(Fault::Error("this is no date and time"))?;
    Ok(Value::TimeDelta(world.action.time.saturating_sub(then).max(0)))
}
