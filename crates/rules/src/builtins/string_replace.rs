//! `StringReplace`: Replaces every occurrence of a text.

use super::call::{Arguments, Make};
use super::{Builtin, Special};
use crate::eval::value::{Fault, Outcome, Value};
use crate::eval::world::World;
use cordon_model::limits::RULE_VALUE_SIZE_MAX;
use std::sync::Arc;

pub(super) const BUILTIN: Builtin = Builtin {
    signature: "StringReplace(s: str, old: str, new: str) -> str",
    about: "Replaces every occurrence of a text.",
    example: "Plain = StringReplace(s=Text, old='-', new='')",
    is_pure: true,
    special: Special::None,
    make: Make::Plain(call),
};

fn call<'e>(arguments: &Arguments<'_, 'e>, world: &mut World<'_, 'e>) -> Outcome<'e> {
    let (text, old, new) = (arguments.text(0)?, arguments.text(1)?, arguments.text(2)?);
    world.pay(text.len())?;
    let count = if old.is_empty() { text.len() + 1 } else { text.matches(old).count() };
    if count.saturating_mul(new.len()).saturating_add(text.len()) > RULE_VALUE_SIZE_MAX {
        return Err(Fault::Error("text grows too long"));
    }
    Ok(Value::Owned(Arc::from(text.replace(old, new))))
}
