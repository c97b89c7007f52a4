//! `StringExtractDomains`: The hosts of the web addresses in a text, each once, in the order of the text.

use super::call::{Arguments, Make};
use super::{Builtin, Special};
use crate::eval::value::{Outcome, Value};
use crate::eval::world::World;

pub(super) const BUILTIN: Builtin = Builtin {
    signature: "StringExtractDomains(s: str) -> list[str]",
    about: "The hosts of the web addresses in a text, each once, in the order of the text.",
    example: "Domains = StringExtractDomains(s=Text)",
    is_pure: true,
    special: Special::None,
    make: Make::Plain(call),
};

fn call<'e>(arguments: &Arguments<'_, 'e>, world: &mut World<'_, 'e>) -> Outcome<'e> {
    let text = arguments.text(0)?;
    world.pay(text.len())?;
    let mut found: Vec<&str> = Vec::new();
    for candidate in super::urls::candidates(text) {
        let domain = super::urls::domain(candidate);
        if !found.contains(&domain) {
            found.push(domain);
        }
    }
    Ok(Value::list(found.into_iter().map(Value::text).collect()))
}
