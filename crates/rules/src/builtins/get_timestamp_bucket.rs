//! `GetTimestampBucket`: The start of the bucket of time that a timestamp falls in, in seconds.

use super::call::{Arguments, Constants, Function, Plain, Problem};
use super::{Builtin, Special};
use crate::eval::value::{Outcome, Value};
use crate::eval::world::World;

pub(super) const BUILTIN: Builtin = Builtin {
    signature: "GetTimestampBucket(timestamp: int, granularity_seconds: const int) -> int",
    about: "The start of the bucket of time that a timestamp falls in, in seconds.",
    example: "Hour = GetTimestampBucket(timestamp=SentAt, granularity_seconds=3600)",
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
    let (seconds, size) = (arguments.int(0)?, arguments.int(1)?);
    Ok(Value::Int(seconds.saturating_sub(seconds.rem_euclid(size))))
}
