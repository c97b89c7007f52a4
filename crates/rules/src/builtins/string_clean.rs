//! `StringClean`: Undoes what is done to texts to slip past patterns: look-alikes, spacing, accents.

use super::call::{Arguments, Make};
use super::{Builtin, Special};
use crate::eval::value::{Fault, Outcome, Value};
use crate::eval::world::World;
use cordon_model::limits::RULE_VALUE_SIZE_MAX;
use std::sync::Arc;

pub(super) const BUILTIN: Builtin = Builtin {
    signature: "StringClean(s: str, form: str = 'NFKC', remove_emoji: bool = False, space: bool = True, l33t: bool = False, homoglyph: bool = True, unicode_normalize: bool = True, unidecode: bool = False, upper: bool = False, lower: bool = False, remove_space: bool = False, remove_punctuation: bool = False) -> str",
    about: "Undoes what is done to texts to slip past patterns: look-alikes, spacing, accents.",
    example: "Clean = StringClean(s=Text, lower=True)",
    is_pure: true,
    special: Special::None,
    make: Make::Plain(call),
};

fn call<'e>(arguments: &Arguments<'_, 'e>, world: &mut World<'_, 'e>) -> Outcome<'e> {
    let text = arguments.text(0)?;
    world.pay(text.len().saturating_mul(16))?;
    let on = |index| arguments.bool(index);
    let options = super::clean::Options {
        form: arguments.text(1)?,
        remove_emoji: on(2)?,
        space: on(3)?,
        l33t: on(4)?,
        homoglyph: on(5)?,
        unicode_normalize: on(6)?,
        unidecode: on(7)?,
        upper: on(8)?,
        lower: on(9)?,
        remove_space: on(10)?,
        remove_punctuation: on(11)?,
    };
    let cleaned = super::clean::clean(text, &options).ok_or(Fault::Error("the form is none of Unicode's"))?;
    if cleaned.len() > RULE_VALUE_SIZE_MAX {
        return Err(Fault::Error("text grows too long"));
    }
    Ok(Value::Owned(Arc::from(cleaned)))
}
