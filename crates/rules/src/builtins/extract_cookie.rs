//! `ExtractCookie`: The value of a cookie.

use super::call::{Arguments, Make};
use super::{Builtin, Special};
use crate::eval::value::Outcome;
use crate::eval::world::World;

pub(super) const BUILTIN: Builtin = Builtin {
    signature: "ExtractCookie(header: str, key: const str) -> str",
    about: "The value of a cookie.",
    example: "Session = ExtractCookie(header=Cookies, key='sid')",
    is_pure: true,
    special: Special::None,
    make: Make::Plain(call),
};

fn call<'e>(arguments: &Arguments<'_, 'e>, _: &mut World<'_, 'e>) -> Outcome<'e> {
    super::cookies::value(arguments.text(0)?, arguments.text(1)?)
}
