//! `GetTimedeltaBucket`: The start of the bucket that a span falls in, in seconds.

use super::call::{Arguments, Constants, Function, Plain, Problem};
use super::{Builtin, Special};
use crate::eval::value::{Fault, Outcome, Value};
use crate::eval::world::World;

pub(super) const BUILTIN: Builtin = Builtin {
    signature: "GetTimedeltaBucket(timedelta: TimeDelta, granularity_seconds: const int) -> int",
    about: "The start of the bucket that a span falls in, in seconds.",
    example: "Age = GetTimedeltaBucket(timedelta=TimeSince(timestamp=CreatedAt), granularity_seconds=3600)",
    is_pure: true,
    special: Special::None,
    make,
};

fn make(constants: &Constants<'_>) -> Result<Box<dyn Function>, Problem> {
    if constants.int("granularity_seconds") < 3_600 {
        return Err(Problem::new(
            "granularity_seconds",
            "granularity is less than an hour",
            "use 3600 or more",
        ));
    }
    Ok(Box::new(Plain(call)))
}

fn call<'e>(arguments: &Arguments<'_, 'e>, _: &mut World<'_, 'e>) -> Outcome<'e> {
    let Some(micros) = arguments.optional_span(0)? else {
        return Err(Fault::Error("there is no span"));
    };
    let (seconds, size) = (micros / 1_000_000, arguments.int(1)?);
    Ok(Value::Int(seconds.saturating_sub(seconds.rem_euclid(size))))
}
