//! `StringSlice`: Characters from one place up to another.

use super::call::{Arguments, Constants, Function, Make, Plain, Problem};
use super::{Builtin, Special};
use crate::eval::value::{Outcome, Value};
use crate::eval::world::World;
use std::sync::Arc;

pub(super) const BUILTIN: Builtin = Builtin {
    signature: "StringSlice(s: str, start: const int, end: const int) -> str",
    about: "Characters from one place up to another.",
    example: "Head = StringSlice(s=Text, start=0, end=10)",
    is_pure: true,
    special: Special::None,
    make: Make::Ready(make),
};

fn make(constants: &Constants<'_>) -> Result<Box<dyn Function>, Problem> {
    let (start, end) = (constants.int("start"), constants.int("end"));
    if start < 0 || end < 0 {
        return Err(Problem::new(
            "start",
            "start and end must not be negative",
            "count from the start, from 0",
        ));
    }
    if start > end {
        return Err(Problem::new("start", "start must not be greater than end", "swap them"));
    }
    Ok(Box::new(Plain(call)))
}

fn call<'e>(arguments: &Arguments<'_, 'e>, world: &mut World<'_, 'e>) -> Outcome<'e> {
    let text = arguments.text(0)?;
    world.pay(text.len())?;
    let start = usize::try_from(arguments.int(1)?).unwrap_or(usize::MAX);
    let end = usize::try_from(arguments.int(2)?).unwrap_or(usize::MAX);
    let cut: String = text.chars().take(end).skip(start).collect();
    Ok(Value::Owned(Arc::from(cut)))
}
