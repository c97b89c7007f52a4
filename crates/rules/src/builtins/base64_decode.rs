//! `Base64Decode`: The text that base64 stands for; other characters are skipped.

use super::call::{Arguments, Make};
use super::{Builtin, Special};
use crate::eval::value::{Fault, Outcome, Value};
use crate::eval::world::World;
use base64::engine::{Engine, general_purpose::STANDARD};
use std::sync::Arc;

pub(super) const BUILTIN: Builtin = Builtin {
    signature: "Base64Decode(input: str) -> str",
    about: "The text that base64 stands for; other characters are skipped.",
    example: "Decoded = Base64Decode(input=Text)",
    is_pure: true,
    special: Special::None,
    make: Make::Plain(call),
};

fn call<'e>(arguments: &Arguments<'_, 'e>, world: &mut World<'_, 'e>) -> Outcome<'e> {
    let text = arguments.text(0)?;
    world.pay(text.len())?;
    let alphabet = |letter: &char| letter.is_ascii_alphanumeric() || matches!(letter, '+' | '/' | '=');
    let letters: String = text.chars().filter(alphabet).collect();
    let bytes = STANDARD.decode(letters).map_err(|_| Fault::Error("the padding of the base64 is wrong"))?;
    let text = String::from_utf8(bytes).map_err(|_| Fault::Error("the base64 holds no text"))?;
    Ok(Value::Owned(Arc::from(text)))
}
