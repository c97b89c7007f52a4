//! `StringStrip`: Takes white space, or any of some characters, off both ends of a text.

use super::call::{Arguments, Make};
use super::{Builtin, Special};
use crate::eval::python::is_space;
use crate::eval::value::{Outcome, Value};
use crate::eval::world::World;

pub(super) const BUILTIN: Builtin = Builtin {
    signature: "StringStrip(s: str, chars: Optional[str] = None) -> str",
    about: "Takes white space, or any of some characters, off both ends of a text.",
    example: "Trimmed = StringStrip(s=Text)",
    is_pure: true,
    special: Special::None,
    make: Make::Plain(call),
};

fn call<'e>(arguments: &Arguments<'_, 'e>, world: &mut World<'_, 'e>) -> Outcome<'e> {
    let text = arguments.text(0)?;
    world.pay(text.len())?;
    Ok(Value::text(match arguments.optional_text(1)? {
        None => text.trim_matches(is_space),
        Some(letters) => text.trim_matches(|letter| letters.contains(letter)),
    }))
}
