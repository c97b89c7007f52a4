//! `HashSha512`: SHA512 of a text, in lower-case hexadecimal digits.

use super::call::{Arguments, Constants, Function, Plain, Problem};
use super::{Builtin, Special};
use crate::eval::value::{Outcome, Value};
use crate::eval::world::World;
use std::sync::Arc;

pub(super) const BUILTIN: Builtin = Builtin {
    signature: "HashSha512(input: str) -> str",
    about: "SHA512 of a text, in lower-case hexadecimal digits.",
    example: "Hash = HashSha512(input=Text)",
    is_pure: true,
    special: Special::None,
    make,
};

fn make(_: &Constants<'_>) -> Result<Box<dyn Function>, Problem> {
    Ok(Box::new(Plain(call)))
}

fn call<'e>(arguments: &Arguments<'_, 'e>, world: &mut World<'_, 'e>) -> Outcome<'e> {
    let text = arguments.text(0)?;
    world.pay(text.len().saturating_mul(8))?;
    Ok(Value::Owned(Arc::from(super::hexadecimal(&<sha2::Sha512 as sha2::Digest>::digest(text.as_bytes())))))
}
