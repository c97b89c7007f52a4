//! `StringToUpper`: Upper case.

use super::call::{Arguments, Make};
use super::{Builtin, Special};
use crate::eval::value::{Outcome, Value};
use crate::eval::world::World;
use std::sync::Arc;

pub(super) const BUILTIN: Builtin = Builtin {
    signature: "StringToUpper(s: str) -> str",
    about: "Upper case.",
    example: "Upper = StringToUpper(s=Text)",
    is_pure: true,
    special: Special::None,
    make: Make::Plain(call),
};

fn call<'e>(arguments: &Arguments<'_, 'e>, world: &mut World<'_, 'e>) -> Outcome<'e> {
    let text = arguments.text(0)?;
    world.pay(text.len())?;
    Ok(Value::Owned(Arc::from(text.to_uppercase())))
}
