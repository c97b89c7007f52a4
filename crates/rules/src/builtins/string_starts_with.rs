//! `StringStartsWith`: Whether a text begins with another.

use super::call::{Arguments, Make};
use super::{Builtin, Special};
use crate::eval::value::{Outcome, Value};
use crate::eval::world::World;

pub(super) const BUILTIN: Builtin = Builtin {
    signature: "StringStartsWith(s: str, start: str) -> bool",
    about: "Whether a text begins with another.",
    example: "IsReply = StringStartsWith(s=Text, start='@')",
    is_pure: true,
    special: Special::None,
    make: Make::Plain(call),
};

fn call<'e>(arguments: &Arguments<'_, 'e>, _: &mut World<'_, 'e>) -> Outcome<'e> {
    Ok(Value::Bool(arguments.text(0)?.starts_with(arguments.text(1)?)))
}
