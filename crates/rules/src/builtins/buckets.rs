//! Buckets of time: what the functions that give the start of one share.

use super::call::{Constants, Problem};
use crate::eval::value::Value;

const GRANULARITY: &str = "granularity_seconds";

/// Refuses buckets shorter than an hour.
pub(super) fn check(constants: &Constants<'_>) -> Result<(), Problem> {
    if constants.int(GRANULARITY) < 3_600 {
        return Err(Problem::new(GRANULARITY, "granularity is less than an hour", "use 3600 or more"));
    }
    Ok(())
}

/// The start of the bucket of `size` seconds that holds `seconds`.
pub(super) fn start<'e>(seconds: i64, size: i64) -> Value<'e> {
    Value::Int(seconds.saturating_sub(seconds.rem_euclid(size)))
}
