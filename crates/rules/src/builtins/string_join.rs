//! `StringJoin`: Joins texts with a separator.

use super::call::{Arguments, Make};
use super::{Builtin, Special};
use crate::eval::value::{Fault, Outcome, Value};
use crate::eval::world::World;
use cordon_model::limits::RULE_VALUE_SIZE_MAX;
use std::sync::Arc;

pub(super) const BUILTIN: Builtin = Builtin {
    signature: "StringJoin(s: str, iterable: list[str]) -> str",
    about: "Joins texts with a separator.",
    example: "All = StringJoin(s=' ', iterable=Links)",
    is_pure: true,
    special: Special::None,
    make: Make::Plain(call),
};

fn call<'e>(arguments: &Arguments<'_, 'e>, world: &mut World<'_, 'e>) -> Outcome<'e> {
    let (separator, items) = (arguments.text(0)?, arguments.list(1)?);
    let mut text = String::new();
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            text.push_str(separator);
        }
        text.push_str(item.as_text().ok_or(Fault::Error("an item is no text"))?);
        if text.len() > RULE_VALUE_SIZE_MAX {
            return Err(Fault::Error("text grows too long"));
        }
    }
    world.pay(text.len())?;
    Ok(Value::Owned(Arc::from(text)))
}
