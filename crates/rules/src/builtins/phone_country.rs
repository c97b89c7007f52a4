//! `PhoneCountry`: The country of an international phone number, in two letters.

use super::call::{Arguments, Make};
use super::{Builtin, Special};
use crate::eval::value::{Fault, Outcome, Value};
use crate::eval::world::World;

pub(super) const BUILTIN: Builtin = Builtin {
    signature: "PhoneCountry(phone_number: str) -> str",
    about: "The country of an international phone number, in two letters.",
    example: "Country = PhoneCountry(phone_number=Phone)",
    is_pure: true,
    special: Special::None,
    make: Make::Plain(call),
};

fn call<'e>(arguments: &Arguments<'_, 'e>, _: &mut World<'_, 'e>) -> Outcome<'e> {
    let digits: String = arguments.text(0)?.chars().filter(char::is_ascii_digit).collect();
    super::phones::country(&digits).map(Value::text).ok_or(Fault::Silent)
}
