//! `RegexMatchMap`: Whether a pattern matches any, or all, of some texts.

use super::call::{Arguments, Constants, Function, Make, Problem};
use super::{Builtin, Special};
use crate::eval::value::{Fault, Outcome, Value};
use crate::eval::world::World;
use crate::pattern::Pattern;

pub(super) const BUILTIN: Builtin = Builtin {
    signature: "RegexMatchMap(target: list[str], pattern: const str, case_insensitive: const bool = False, mode: const str = 'any') -> bool",
    about: "Whether a pattern matches any, or all, of some texts.",
    example: "AllShort = RegexMatchMap(target=Links, pattern=r'^.{1,20}$', mode='all')",
    is_pure: true,
    special: Special::None,
    make: Make::Ready(make),
};

fn make(constants: &Constants<'_>) -> Result<Box<dyn Function>, Problem> {
    let pattern = Pattern::compile(constants.text("pattern"), constants.is_true("case_insensitive"))
        .map_err(|message| {
            Problem::new("pattern", message, "patterns are those of Python's `re`; write them raw: r'…'")
        })?;
    match constants.text("mode") {
        mode @ ("any" | "all") => Ok(Box::new(MatchMap { pattern, all: mode == "all" })),
        other => Err(Problem::new("mode", format!("unknown mode: `{other}`"), "it is 'any' or 'all'")),
    }
}

struct MatchMap {
    pattern: Pattern,
    all: bool,
}

impl Function for MatchMap {
    fn call<'e>(&self, arguments: &Arguments<'_, 'e>, world: &mut World<'_, 'e>) -> Outcome<'e> {
        for item in arguments.list(0)? {
            let text = item.as_text().ok_or(Fault::Error("an item is no text"))?;
            world.pay(text.len())?;
            if self.pattern.is_match(text)? != self.all {
                return Ok(Value::Bool(!self.all));
            }
        }
        Ok(Value::Bool(self.all))
    }
}
