//! `StringSplit`: Splits a text at a separator, or at white space.

use super::call::{Arguments, Make};
use super::{Builtin, Special};
use crate::eval::python::is_space;
use crate::eval::value::{Fault, Outcome, Value};
use crate::eval::world::World;

pub(super) const BUILTIN: Builtin = Builtin {
    signature: "StringSplit(s: str, sep: Optional[str] = None, maxsplit: int = -1) -> list[str]",
    about: "Splits a text at a separator, or at white space.",
    example: "Words = StringSplit(s=Text)",
    is_pure: true,
    special: Special::None,
    make: Make::Plain(call),
};

fn call<'e>(arguments: &Arguments<'_, 'e>, world: &mut World<'_, 'e>) -> Outcome<'e> {
    let text = arguments.text(0)?;
    world.pay(text.len())?;
    let most = usize::try_from(arguments.int(2)?).unwrap_or(usize::MAX);
    let parts: Vec<&str> = match arguments.optional_text(1)? {
        Some("") => return Err(Fault::Error("the separator is empty")),
        Some(separator) => text.splitn(most.saturating_add(1), separator).collect(),
        None => words(text, most),
    };
    Ok(Value::list(parts.into_iter().map(Value::text).collect()))
}

fn words(text: &str, most: usize) -> Vec<&str> {
    let mut rest = text.trim_start_matches(is_space);
    let mut found = Vec::new();
    while !rest.is_empty() {
        let end = if found.len() == most {
            rest.trim_end_matches(is_space).len()
        } else {
            rest.find(is_space).unwrap_or(rest.len())
        };
        let (word, after) = rest.split_at(end);
        found.push(word);
        if found.len() > most {
            break;
        }
        rest = after.trim_start_matches(is_space);
    }
    found
}
