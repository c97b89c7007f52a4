//! `RandomInt`: A random whole number, both ends included.

use super::call::{Arguments, Constants, Function, Make, Plain, Problem};
use super::{Builtin, Special};
use crate::eval::value::{Outcome, Value};
use crate::eval::world::World;

pub(super) const BUILTIN: Builtin = Builtin {
    signature: "RandomInt(start: const int, end: const int) -> int",
    about: "A random whole number, both ends included.",
    example: "Dice = RandomInt(start=1, end=6)",
    is_pure: false,
    special: Special::None,
    make: Make::Ready(make),
};

fn make(constants: &Constants<'_>) -> Result<Box<dyn Function>, Problem> {
    if constants.int("start") >= constants.int("end") {
        return Err(Problem::new("start", "start must be less than end", "swap them"));
    }
    Ok(Box::new(Plain(call)))
}

fn call<'e>(arguments: &Arguments<'_, 'e>, world: &mut World<'_, 'e>) -> Outcome<'e> {
    let (start, end) = (i128::from(arguments.int(0)?), i128::from(arguments.int(1)?));
    // A multiply and shift spreads 64 bits over the range; the bias is below 2^-63 times its size.
    let offset = (u128::from(world.host.random()?) * (end - start + 1).unsigned_abs()) >> 64;
    let number = start + i128::try_from(offset).unwrap_or(0);
    Ok(Value::Int(i64::try_from(number).unwrap_or(i64::MAX)))
}
