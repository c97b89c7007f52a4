//! `GetTimestampBucket`: The start of the bucket of time that a timestamp falls in, in seconds.

use super::call::{Arguments, Constants, Function, Make, Plain, Problem};
use super::{Builtin, Special, buckets};
use crate::eval::value::Outcome;
use crate::eval::world::World;

pub(super) const BUILTIN: Builtin = Builtin {
    signature: "GetTimestampBucket(timestamp: int, granularity_seconds: const int) -> int",
    about: "The start of the bucket of time that a timestamp falls in, in seconds.",
    example: "Hour = GetTimestampBucket(timestamp=SentAt, granularity_seconds=3600)",
    is_pure: true,
    special: Special::None,
    make: Make::Ready(make),
};

fn make(constants: &Constants<'_>) -> Result<Box<dyn Function>, Problem> {
    buckets::check(constants)?;
    Ok(Box::new(Plain(call)))
}

fn call<'e>(arguments: &Arguments<'_, 'e>, _: &mut World<'_, 'e>) -> Outcome<'e> {
    let (seconds, size) = (arguments.int(0)?, arguments.int(1)?);
    Ok(buckets::start(seconds, size))
}
