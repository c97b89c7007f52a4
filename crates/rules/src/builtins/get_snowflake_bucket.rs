//! `GetSnowflakeBucket`: The start of the bucket of time that a snowflake id was made in, in seconds.

use super::call::{Arguments, Constants, Function, Make, Plain, Problem};
use super::{Builtin, Special, buckets};
use crate::eval::value::Outcome;
use crate::eval::world::World;

pub(super) const BUILTIN: Builtin = Builtin {
    signature: "GetSnowflakeBucket(snowflake: int, granularity_seconds: const int) -> int",
    about: "The start of the bucket of time that a snowflake id was made in, in seconds.",
    example: "Made = GetSnowflakeBucket(snowflake=PostId, granularity_seconds=3600)",
    is_pure: true,
    special: Special::None,
    make: Make::Ready(make),
};

fn make(constants: &Constants<'_>) -> Result<Box<dyn Function>, Problem> {
    buckets::check(constants)?;
    Ok(Box::new(Plain(call)))
}

fn call<'e>(arguments: &Arguments<'_, 'e>, _: &mut World<'_, 'e>) -> Outcome<'e> {
    let (id, size) = (arguments.int(0)?, arguments.int(1)?);
    // The epoch of ids is a matter of the deployment; without one it is 1970.
    let seconds = (id >> 22) / 1_000;
    Ok(buckets::start(seconds, size))
}
