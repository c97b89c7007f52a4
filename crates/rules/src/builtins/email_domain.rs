//! `EmailDomain`: The registrable domain of a mail address.

use super::call::{Arguments, Make};
use super::{Builtin, Special};
use crate::eval::value::{Fault, Outcome, Value};
use crate::eval::world::World;

pub(super) const BUILTIN: Builtin = Builtin {
    signature: "EmailDomain(email: str) -> str",
    about: "The registrable domain of a mail address.",
    example: "Domain = EmailDomain(email=Email)",
    is_pure: true,
    special: Special::None,
    make: Make::Plain(call),
};

fn call<'e>(arguments: &Arguments<'_, 'e>, _: &mut World<'_, 'e>) -> Outcome<'e> {
    let (_, domain) =
        arguments.text(0)?.rsplit_once('@').filter(|(_, domain)| !domain.is_empty()).ok_or(Fault::Silent)?;
    let domain = domain.to_lowercase();
    let Some(suffix) = super::domains::suffix(&domain) else { return Ok(Value::text(&domain)) };
    let head = domain.strip_suffix(suffix).unwrap_or("").trim_end_matches('.');
    let label = head.rsplit('.').next().unwrap_or("");
    Ok(Value::text(&if label.is_empty() { domain } else { format!("{label}.{suffix}") }))
}
