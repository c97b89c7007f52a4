//! Windowed counters that belong to a name: `Count` and `CountDistinct`; and `GetWindowCount` on the keys of
//! `IncrementWindow`.

use super::call::{Arguments, Constants, Function, Make, Problem};
use super::{Builtin, Special};
use crate::eval::operators::to_float;
use crate::eval::value::{Fault, Outcome, Value, seconds};
use crate::eval::world::World;
use std::fmt::Write;
use std::sync::Arc;

pub(super) static ALL: &[&Builtin] = &[&COUNT, &COUNT_DISTINCT, &GET_WINDOW_COUNT];

static COUNT: Builtin = Builtin {
    signature: "Count(by: Any, window: TimeDelta, when_all: list[bool] = []) -> int",
    about: "How many events of `by` fulfilled the conditions within the window, this one included if it does. The counter belongs to the name that it is assigned to; `by` is an entity, a text, a number, or a list of these.",
    example: "PostsAnHour = Count(by=UserId, window=TimeDelta(hours=1), when_all=[EventType == 'post'])",
    is_pure: false,
    special: Special::None,
    make: Make::Ready(|constants| named(constants, false)),
};
static COUNT_DISTINCT: Builtin = Builtin {
    signature: "CountDistinct(by: Any, value: Any, window: TimeDelta, when_all: list[bool] = []) -> int",
    about: "How many different values events of `by` had within the window, this one's included if the conditions hold. The counter belongs to the name that it is assigned to.",
    example: "AccountsOfIp = CountDistinct(by=Ip, value=UserId, window=TimeDelta(days=1))",
    is_pure: false,
    special: Special::None,
    make: Make::Ready(|constants| named(constants, true)),
};
static GET_WINDOW_COUNT: Builtin = Builtin {
    signature: "GetWindowCount(key: str, window_seconds: float, when_all: list[bool]) -> int",
    about: "How many events IncrementWindow counted under a key within a window, without counting this one; 0 unless all conditions hold.",
    example: "Posts = GetWindowCount(key=f'posts:{UserId}', window_seconds=3600, when_all=[True])",
    is_pure: false,
    special: Special::None,
    make: Make::Plain(get_window_count),
};

fn get_window_count<'e>(arguments: &Arguments<'_, 'e>, world: &mut World<'_, 'e>) -> Outcome<'e> {
    if !arguments.list(2)?.iter().all(Value::is_true) {
        return Ok(Value::Int(0));
    }
    let window = to_float(arguments.value(1))?;
    number(world.host.window_count(arguments.text(0)?, window)?)
}

fn number<'e>(count: u64) -> Outcome<'e> {
    Ok(Value::Int(i64::try_from(count).unwrap_or(i64::MAX)))
}

/// A counter under the name that it is assigned to.
struct Counter {
    name: Arc<str>,
    is_distinct: bool,
}

fn named(constants: &Constants<'_>, is_distinct: bool) -> Result<Box<dyn Function>, Problem> {
    let global = constants.target.clone().filter(|name| !crate::syntax::tree::is_local(name));
    let name = global.ok_or_else(|| Problem {
        argument: None,
        message: "a counter must be assigned directly to a name without a leading `_`".into(),
        hint: "its name is what it is kept under: write Name = Count(…)".into(),
    })?;
    Ok(Box::new(Counter { name, is_distinct }))
}

impl Function for Counter {
    fn call<'e>(&self, arguments: &Arguments<'_, 'e>, world: &mut World<'_, 'e>) -> Outcome<'e> {
        let by = key(arguments.value(0))?;
        let rest = usize::from(self.is_distinct) + 1;
        let window = arguments.optional_span(rest)?.ok_or(Fault::Silent)?;
        let counts = arguments.list(rest + 1)?.iter().all(Value::is_true);
        world.pay(by.len())?;
        let window = seconds(window);
        if self.is_distinct {
            let value = key(arguments.value(1))?;
            world.pay(value.len())?;
            return number(world.host.count_distinct(&self.name, &by, counts.then_some(&*value), window)?);
        }
        number(world.host.count(&self.name, &by, counts, window)?)
    }
}

/// A value as the key of a counter: `1` and `'1'` differ, and so do entities of two types.
fn key(value: &Value<'_>) -> Result<String, Fault> {
    let mut out = String::new();
    write_key(&mut out, value)?;
    Ok(out)
}

fn write_key(out: &mut String, value: &Value<'_>) -> Result<(), Fault> {
    let written = match value {
        Value::Failed | Value::None => return Err(Fault::Silent),
        Value::Bool(value) | Value::Rule(_, value) => write!(out, "b{value}"),
        Value::Int(value) => write!(out, "i{value}"),
        Value::Big(value) => write!(out, "i{value}"),
        Value::Float(value) => write!(out, "f{:x}", value.to_bits()),
        Value::TimeDelta(micros) => write!(out, "t{micros}"),
        Value::Text(text) => return write_text(out, text),
        Value::Owned(text) => return write_text(out, text),
        Value::Entity(entity) => {
            out.push('e');
            write_text(out, &entity.kind)?;
            return write_key(out, &entity.id);
        }
        Value::List(items) => {
            let _ = write!(out, "l{}:", items.len());
            return items.iter().try_for_each(|item| write_key(out, item));
        }
        Value::Experiment(_) | Value::Effect(_) => {
            return Err(Fault::Error("a counter is kept by entities, texts, numbers and lists of these"));
        }
    };
    written.map_err(|_| Fault::Error("a counter's key cannot be written"))
}

/// What most counters are kept by, so without the machinery of formats: `s5:heron`.
fn write_text(out: &mut String, text: &str) -> Result<(), Fault> {
    out.reserve(text.len() + 8);
    out.push('s');
    let length = text.len();
    let first = length.checked_ilog10().unwrap_or(0);
    for place in (0..=first).rev() {
        let digit = u32::try_from(length / 10_usize.pow(place) % 10).unwrap_or(0);
        out.extend(char::from_digit(digit, 10));
    }
    out.push(':');
    out.push_str(text);
    Ok(())
}
