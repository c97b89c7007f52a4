//! `RegexMatch`: Whether a pattern matches anywhere in a text.

use super::call::{Arguments, Constants, Function, Make, Problem};
use super::{Builtin, Special};
use crate::eval::value::{Outcome, Value};
use crate::eval::world::World;
use crate::pattern::Pattern;

pub(super) const BUILTIN: Builtin = Builtin {
    signature: "RegexMatch(target: str, pattern: const str, case_insensitive: const bool = False) -> bool",
    about: "Whether a pattern matches anywhere in a text.",
    example: "HasLink = RegexMatch(target=Text, pattern=r'https?://')",
    is_pure: true,
    special: Special::None,
    make: Make::Ready(make),
};

fn make(constants: &Constants<'_>) -> Result<Box<dyn Function>, Problem> {
    let pattern = Pattern::compile(constants.text("pattern"), constants.is_true("case_insensitive"))
        .map_err(|message| {
            Problem::new("pattern", message, "patterns are those of Python's `re`; write them raw: r'…'")
        })?;
    Ok(Box::new(Match { pattern }))
}

struct Match {
    pattern: Pattern,
}

impl Function for Match {
    fn call<'e>(&self, arguments: &Arguments<'_, 'e>, world: &mut World<'_, 'e>) -> Outcome<'e> {
        let text = arguments.text(0)?;
        world.pay(text.len())?;
        Ok(Value::Bool(self.pattern.is_match(text)?))
    }

    fn pattern(&self) -> Option<&str> {
        self.pattern.linear()
    }
}
