//! `ListLength`: Counts the items of a list.

use super::call::{Arguments, Make};
use super::{Builtin, Special};
use crate::eval::value::{Outcome, Value};
use crate::eval::world::World;

pub(super) const BUILTIN: Builtin = Builtin {
    signature: "ListLength(list: list[Any]) -> int",
    about: "Counts the items of a list.",
    example: "Count = ListLength(list=Links)",
    is_pure: true,
    special: Special::None,
    make: Make::Plain(call),
};

fn call<'e>(arguments: &Arguments<'_, 'e>, _: &mut World<'_, 'e>) -> Outcome<'e> {
    Ok(Value::Int(i64::try_from(arguments.list(0)?.len()).unwrap_or(i64::MAX)))
}
