//! `TimeDelta`: A span of time.

use super::call::{Arguments, Constants, Function, Make, Problem};
use super::{Builtin, Special};
use crate::eval::value::{Outcome, Value};
use crate::eval::world::World;

pub(super) const BUILTIN: Builtin = Builtin {
    signature: "TimeDelta(weeks: const int = 0, days: const int = 0, hours: const int = 0, minutes: const int = 0, seconds: const int = 0) -> TimeDelta",
    about: "A span of time.",
    example: "Week = TimeDelta(days=7)",
    is_pure: true,
    special: Special::None,
    make: Make::Ready(make),
};

fn make(constants: &Constants<'_>) -> Result<Box<dyn Function>, Problem> {
    let parts = [("weeks", 604_800), ("days", 86_400), ("hours", 3_600), ("minutes", 60), ("seconds", 1)];
    let sum = parts
        .iter()
        .try_fold(0i64, |sum, (name, seconds)| sum.checked_add(constants.int(name).checked_mul(*seconds)?));
    // Python's spans reach a thousand million days; 64 bits of microseconds some hundred million.
    match sum.and_then(|seconds| seconds.checked_mul(1_000_000)) {
        Some(micros) => Ok(Box::new(Span { micros })),
        None => Err(Problem {
            argument: None,
            message: "the span is too long".into(),
            hint: "use less than 100,000,000 days".into(),
        }),
    }
}

struct Span {
    micros: i64,
}

impl Function for Span {
    fn call<'e>(&self, _: &Arguments<'_, 'e>, _: &mut World<'_, 'e>) -> Outcome<'e> {
        Ok(Value::TimeDelta(self.micros))
    }
}
