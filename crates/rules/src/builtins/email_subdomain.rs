//! `EmailSubdomain`: The whole domain of a mail address.

use super::call::{Arguments, Make};
use super::{Builtin, Special};
use crate::eval::value::{Fault, Outcome, Value};
use crate::eval::world::World;

pub(super) const BUILTIN: Builtin = Builtin {
    signature: "EmailSubdomain(email: str) -> str",
    about: "The whole domain of a mail address.",
    example: "Host = EmailSubdomain(email=Email)",
    is_pure: true,
    special: Special::None,
    make: Make::Plain(call),
};

fn call<'e>(arguments: &Arguments<'_, 'e>, _: &mut World<'_, 'e>) -> Outcome<'e> {
    let (_, domain) =
        arguments.text(0)?.rsplit_once('@').filter(|(_, domain)| !domain.is_empty()).ok_or(Fault::Silent)?;
    Ok(Value::text(&domain.to_lowercase()))
}
