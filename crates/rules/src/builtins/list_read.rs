//! `ListRead`: An item of a list as text; negative indexes count from its end.

use super::call::{Arguments, Make};
use super::{Builtin, Special};
use crate::eval::value::{Fault, Outcome, Value};
use crate::eval::world::World;

pub(super) const BUILTIN: Builtin = Builtin {
    signature: "ListRead(list: list[Any], index: int = 0) -> str",
    about: "An item of a list as text; negative indexes count from its end.",
    example: "First = ListRead(list=Links)",
    is_pure: true,
    special: Special::None,
    make: Make::Plain(call),
};

fn call<'e>(arguments: &Arguments<'_, 'e>, _: &mut World<'_, 'e>) -> Outcome<'e> {
    let (list, index) = (arguments.list(0)?, arguments.int(1)?);
    let length = i64::try_from(list.len()).unwrap_or(i64::MAX);
    let index = if index < 0 { index.saturating_add(length) } else { index };
    let item = usize::try_from(index).ok().and_then(|index| list.get(index)).ok_or(Fault::Silent)?;
    Ok(Value::text(&crate::eval::python::to_str(item)))
}
