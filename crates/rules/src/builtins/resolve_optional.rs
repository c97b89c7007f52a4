//! `ResolveOptional`: The value, or the default where there is none.

use super::call::{Arguments, Constants, Function, Make, Problem};
use super::{Builtin, Special};
use crate::eval::value::{Fault, Outcome};
use crate::eval::world::World;

pub(super) const BUILTIN: Builtin = Builtin {
    signature: "ResolveOptional(optional_value: Optional[T], default_value: Optional[T] = None, should_report_error: const bool = False) -> T",
    about: "The value, or the default where there is none.",
    example: "Bio = ResolveOptional(optional_value=MaybeBio, default_value='')",
    is_pure: true,
    special: Special::None,
    make: Make::Ready(make),
};

fn make(constants: &Constants<'_>) -> Result<Box<dyn Function>, Problem> {
    Ok(Box::new(Resolve { reports: constants.is_true("should_report_error") }))
}

struct Resolve {
    reports: bool,
}

impl Function for Resolve {
    fn call<'e>(&self, arguments: &Arguments<'_, 'e>, _: &mut World<'_, 'e>) -> Outcome<'e> {
        match arguments.optional(0).or_else(|| arguments.optional(1)) {
            Some(value) => Ok(value.clone()),
            None if self.reports => Err(Fault::Error("there is neither a value nor a default")),
            None => Err(Fault::Silent),
        }
    }
}
