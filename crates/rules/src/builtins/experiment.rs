//! `Experiment`: Puts an entity into a bucket of an experiment, always the same one.

use super::call::{Constants, Function, Make, Problem};
use super::{Builtin, Special};

pub(super) const BUILTIN: Builtin = Builtin {
    signature: "Experiment(entity: Entity, buckets: const list[str], bucket_sizes: const list[float], version: const int, revision: const int, local_bucketing: const bool = True) -> Experiment",
    about: "Puts an entity into a bucket of an experiment, always the same one; `local_bucketing` of older sets changes nothing.",
    example: "Trial = Experiment(entity=UserId, buckets=['control', 'low'], bucket_sizes=[10, 10], version=1, revision=1)",
    is_pure: false,
    special: Special::Experiment,
    make: Make::Ready(make),
};

fn make(constants: &Constants<'_>) -> Result<Box<dyn Function>, Problem> {
    super::experiments::make(constants)
}
