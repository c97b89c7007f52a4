//! `DomainChopper`: The registrable domain of each; `fld` has no effect, as in Osprey.

use super::call::{Arguments, Make};
use super::{Builtin, Special};
use crate::eval::value::{Fault, Outcome, Value};
use crate::eval::world::World;

pub(super) const BUILTIN: Builtin = Builtin {
    signature: "DomainChopper(urls: list[str], fld: const bool = False) -> list[str]",
    about: "The registrable domain of each; `fld` has no effect, as in Osprey.",
    example: "Registered = DomainChopper(urls=Domains)",
    is_pure: true,
    special: Special::None,
    make: Make::Plain(call),
};

fn call<'e>(arguments: &Arguments<'_, 'e>, world: &mut World<'_, 'e>) -> Outcome<'e> {
    let mut chopped = Vec::new();
    for item in arguments.list(0)? {
        let text = item.as_text().ok_or(Fault::Error("an item is no text"))?;
        world.pay(text.len())?;
        let host = super::domains::host(text);
        let suffix = super::domains::suffix(&host).ok_or(Fault::Silent)?;
        // Osprey cuts the suffix off the text as it was given, and so does this.
        let keep = text.chars().count().saturating_sub(suffix.chars().count() + 1);
        let head: String = text.chars().take(keep).collect();
        let label = head.rsplit('.').next().unwrap_or("");
        chopped.push(Value::text(&if label.is_empty() {
            String::new()
        } else {
            format!("{label}.{suffix}")
        }));
    }
    Ok(Value::list(chopped))
}
