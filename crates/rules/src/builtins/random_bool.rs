//! `RandomBool`: True with a probability between 0 and 1.

use super::call::{Arguments, Constants, Function, Make, Problem};
use super::{Builtin, Special};
use crate::eval::value::{Outcome, Value};
use crate::eval::world::World;

pub(super) const BUILTIN: Builtin = Builtin {
    signature: "RandomBool(percentage: const float) -> bool",
    about: "True with a probability between 0 and 1.",
    example: "Sampled = RandomBool(percentage=0.01)",
    is_pure: false,
    special: Special::None,
    make: Make::Ready(make),
};

fn make(constants: &Constants<'_>) -> Result<Box<dyn Function>, Problem> {
    let probability = constants.float("percentage");
    if probability > 0.0 && probability < 1.0 {
        return Ok(Box::new(Chance { probability }));
    }
    Err(Problem::new("percentage", "invalid `percentage`", "it lies between 0 and 1, both excluded"))
}

struct Chance {
    probability: f64,
}

impl Function for Chance {
    fn call<'e>(&self, _: &Arguments<'_, 'e>, world: &mut World<'_, 'e>) -> Outcome<'e> {
        // 53 bits are what a float between 0 and 1 holds.
        #[expect(clippy::cast_precision_loss, reason = "53 bits fit a float exactly")]
        let drawn = (world.host.random()? >> 11) as f64 / (1u64 << 53) as f64;
        Ok(Value::Bool(drawn < self.probability))
    }
}
