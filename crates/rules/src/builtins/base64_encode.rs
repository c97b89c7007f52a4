//! `Base64Encode`: Base64 of a text.

use super::call::{Arguments, Make};
use super::{Builtin, Special};
use crate::eval::value::{Outcome, Value};
use crate::eval::world::World;
use base64::engine::{Engine, general_purpose::STANDARD};
use std::sync::Arc;

pub(super) const BUILTIN: Builtin = Builtin {
    signature: "Base64Encode(input: str) -> str",
    about: "Base64 of a text.",
    example: "Encoded = Base64Encode(input=Text)",
    is_pure: true,
    special: Special::None,
    make: Make::Plain(call),
};

fn call<'e>(arguments: &Arguments<'_, 'e>, world: &mut World<'_, 'e>) -> Outcome<'e> {
    let text = arguments.text(0)?;
    world.pay(text.len())?;
    Ok(Value::Owned(Arc::from(STANDARD.encode(text))))
}
