//! `StringEndsWith`: Whether a text ends with another.

use super::call::{Arguments, Make};
use super::{Builtin, Special};
use crate::eval::value::{Outcome, Value};
use crate::eval::world::World;

pub(super) const BUILTIN: Builtin = Builtin {
    signature: "StringEndsWith(s: str, end: str) -> bool",
    about: "Whether a text ends with another.",
    example: "IsQuestion = StringEndsWith(s=Text, end='?')",
    is_pure: true,
    special: Special::None,
    make: Make::Plain(call),
};

fn call<'e>(arguments: &Arguments<'_, 'e>, _: &mut World<'_, 'e>) -> Outcome<'e> {
    Ok(Value::Bool(arguments.text(0)?.ends_with(arguments.text(1)?)))
}
