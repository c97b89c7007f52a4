//! `ExperimentWhen`: The conditions of the bucket that an entity is in: one list a bucket, by its name.

use super::call::Make;
use super::{Builtin, Special, language};

pub(super) const BUILTIN: Builtin = Builtin {
    signature: "ExperimentWhen(experiment: Experiment) -> list[bool]",
    about: "The conditions of the bucket that an entity is in: one list a bucket, by its name.",
    example: "Strict = Rule(when_all=ExperimentWhen(experiment=Trial, control=[A > 9], low=[A > 5]), description='trial')",
    is_pure: false,
    special: Special::ExperimentWhen,
    make: Make::Ready(language),
};
