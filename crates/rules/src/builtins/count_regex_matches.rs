//! `CountRegexMatches`: Counts the patterns that match somewhere in a text.

use super::call::{Arguments, Constants, Function, Make, Problem};
use super::{Builtin, Special};
use crate::eval::value::{Outcome, Value};
use crate::eval::world::World;
use crate::pattern::Pattern;

pub(super) const BUILTIN: Builtin = Builtin {
    signature: "CountRegexMatches(patterns: const list[str], target: str, case_insensitive: const bool = False) -> int",
    about: "Counts the patterns that match somewhere in a text.",
    example: "Hits = CountRegexMatches(target=Text, patterns=['win', 'free'])",
    is_pure: true,
    special: Special::None,
    make: Make::Ready(make),
};

fn make(constants: &Constants<'_>) -> Result<Box<dyn Function>, Problem> {
    let insensitive = constants.is_true("case_insensitive");
    let patterns: Result<Vec<_>, _> =
        constants.texts("patterns").iter().map(|pattern| Pattern::compile(pattern, insensitive)).collect();
    let patterns = patterns.map_err(|message| {
        Problem::new("patterns", message, "patterns are those of Python's `re`; write them raw: r'…'")
    })?;
    Ok(Box::new(Count { patterns }))
}

struct Count {
    patterns: Vec<Pattern>,
}

impl Function for Count {
    fn call<'e>(&self, arguments: &Arguments<'_, 'e>, world: &mut World<'_, 'e>) -> Outcome<'e> {
        let text = arguments.text(1)?;
        let mut count = 0;
        for pattern in &self.patterns {
            world.pay(text.len())?;
            count += i64::from(pattern.is_match(text)?);
        }
        Ok(Value::Int(count))
    }
}
