//! `MXLookup`: The address of the first mail exchange of a domain.

use super::call::{Arguments, Make};
use super::{Builtin, Special};
use crate::eval::value::{Outcome, Value};
use crate::eval::world::World;

pub(super) const BUILTIN: Builtin = Builtin {
    signature: "MXLookup(domain: str) -> str",
    about: "The address of the first mail exchange of a domain.",
    example: "Exchange = MXLookup(domain=Domain)",
    is_pure: false,
    special: Special::None,
    make: Make::Plain(call),
};

fn call<'e>(arguments: &Arguments<'_, 'e>, world: &mut World<'_, 'e>) -> Outcome<'e> {
    Ok(Value::text(&world.host.mail_exchange(arguments.text(0)?)?))
}
