//! `MatchesBank`: Whether a text is close to an entry of a bank.

use super::call::{Arguments, Make};
use super::{Builtin, Special};
use crate::eval::value::{Outcome, Value};
use crate::eval::world::World;

pub(super) const BUILTIN: Builtin = Builtin {
    signature: "MatchesBank(bank: const str, text: str) -> bool",
    about: "Whether a text is close to an entry of a bank.",
    example: "Known = MatchesBank(bank='leaflets', text=Text)",
    is_pure: false,
    special: Special::None,
    make: Make::Plain(call),
};

fn call<'e>(arguments: &Arguments<'_, 'e>, world: &mut World<'_, 'e>) -> Outcome<'e> {
    Ok(Value::Bool(world.host.matches_bank(arguments.text(0)?, arguments.text(1)?)?))
}
