//! `StringExtractURLs`: The web addresses in a text, each once, in the order of the text.

use super::call::{Arguments, Make};
use super::{Builtin, Special};
use crate::eval::value::{Outcome, Value};
use crate::eval::world::World;

pub(super) const BUILTIN: Builtin = Builtin {
    signature: "StringExtractURLs(s: str) -> list[str]",
    about: "The web addresses in a text, each once, in the order of the text.",
    example: "Urls = StringExtractURLs(s=Text)",
    is_pure: true,
    special: Special::None,
    make: Make::Plain(call),
};

fn call<'e>(arguments: &Arguments<'_, 'e>, world: &mut World<'_, 'e>) -> Outcome<'e> {
    let text = arguments.text(0)?;
    world.pay(text.len())?;
    let mut found: Vec<String> = Vec::new();
    for candidate in super::urls::candidates(text) {
        let url = super::urls::rebuilt(candidate);
        if !found.contains(&url) {
            found.push(url);
        }
    }
    Ok(Value::list(found.iter().map(|url| Value::text(url)).collect()))
}
