//! `PhonePrefix`: A phone number without its last four characters.

use super::call::{Arguments, Make};
use super::{Builtin, Special};
use crate::eval::value::{Fault, Outcome, Value};
use crate::eval::world::World;
use std::sync::Arc;

pub(super) const BUILTIN: Builtin = Builtin {
    signature: "PhonePrefix(phone_number: str) -> str",
    about: "A phone number without its last four characters.",
    example: "Block = PhonePrefix(phone_number=Phone)",
    is_pure: true,
    special: Special::None,
    make: Make::Plain(call),
};

fn call<'e>(arguments: &Arguments<'_, 'e>, _: &mut World<'_, 'e>) -> Outcome<'e> {
    let text = arguments.text(0)?;
    let length = text.chars().count();
    if length <= 4 {
        return Err(Fault::Silent);
    }
    let head: String = text.chars().take(length - 4).collect();
    Ok(Value::Owned(Arc::from(head)))
}
