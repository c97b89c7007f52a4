//! `DomainTld`: The public suffix of a domain or address.

use super::call::{Arguments, Make};
use super::{Builtin, Special};
use crate::eval::value::{Fault, Outcome, Value};
use crate::eval::world::World;

pub(super) const BUILTIN: Builtin = Builtin {
    signature: "DomainTld(domain: str) -> str",
    about: "The public suffix of a domain or address.",
    example: "Tld = DomainTld(domain=Domain)",
    is_pure: true,
    special: Special::None,
    make: Make::Plain(call),
};

fn call<'e>(arguments: &Arguments<'_, 'e>, _: &mut World<'_, 'e>) -> Outcome<'e> {
    let host = super::domains::host(arguments.text(0)?);
    let suffix = super::domains::suffix(&host).ok_or(Fault::Silent)?;
    Ok(Value::text(suffix))
}
