//! `StringLength`: Counts the code points of a text.

use super::call::{Arguments, Make};
use super::{Builtin, Special};
use crate::eval::value::{Outcome, Value};
use crate::eval::world::World;

pub(super) const BUILTIN: Builtin = Builtin {
    signature: "StringLength(s: str) -> int",
    about: "Counts the code points of a text.",
    example: "Length = StringLength(s=Text)",
    is_pure: true,
    special: Special::None,
    make: Make::Plain(call),
};

fn call<'e>(arguments: &Arguments<'_, 'e>, world: &mut World<'_, 'e>) -> Outcome<'e> {
    let text = arguments.text(0)?;
    world.pay(text.len())?;
    Ok(Value::Int(i64::try_from(text.chars().count()).unwrap_or(i64::MAX)))
}
