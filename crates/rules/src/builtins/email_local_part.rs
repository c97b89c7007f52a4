//! `EmailLocalPart`: What stands before the last @ of a mail address.

use super::call::{Arguments, Make};
use super::{Builtin, Special};
use crate::eval::value::{Fault, Outcome, Value};
use crate::eval::world::World;

pub(super) const BUILTIN: Builtin = Builtin {
    signature: "EmailLocalPart(email: str) -> str",
    about: "What stands before the last @ of a mail address.",
    example: "Local = EmailLocalPart(email=Email)",
    is_pure: true,
    special: Special::None,
    make: Make::Plain(call),
};

fn call<'e>(arguments: &Arguments<'_, 'e>, _: &mut World<'_, 'e>) -> Outcome<'e> {
    let (local, _) = arguments.text(0)?.rsplit_once('@').ok_or(Fault::Silent)?;
    Ok(Value::text(local))
}
