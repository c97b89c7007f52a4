//! `GetTimedeltaBucket`: The start of the bucket that a span falls in, in seconds.

use super::call::{Arguments, Constants, Function, Make, Plain, Problem};
use super::{Builtin, Special, buckets};
use crate::eval::value::{Fault, Outcome};
use crate::eval::world::World;

pub(super) const BUILTIN: Builtin = Builtin {
    signature: "GetTimedeltaBucket(timedelta: TimeDelta, granularity_seconds: const int) -> int",
    about: "The start of the bucket that a span falls in, in seconds.",
    example: "Age = GetTimedeltaBucket(timedelta=TimeSince(timestamp=CreatedAt), granularity_seconds=3600)",
    is_pure: true,
    special: Special::None,
    make: Make::Ready(make),
};

fn make(constants: &Constants<'_>) -> Result<Box<dyn Function>, Problem> {
    buckets::check(constants)?;
    Ok(Box::new(Plain(call)))
}

fn call<'e>(arguments: &Arguments<'_, 'e>, _: &mut World<'_, 'e>) -> Outcome<'e> {
    let Some(micros) = arguments.optional_span(0)? else {
        return Err(Fault::Error("there is no span"));
    };
    let (seconds, size) = (micros / 1_000_000, arguments.int(1)?);
    Ok(buckets::start(seconds, size))
}
