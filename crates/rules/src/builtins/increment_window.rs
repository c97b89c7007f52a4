//! `IncrementWindow`: Counts the events of a key within a window, this one included; 0 and nothing counted unless all conditions hold.

use super::call::{Arguments, Make};
use super::{Builtin, Special};
use crate::eval::operators::to_float;
use crate::eval::value::{Outcome, Value};
use crate::eval::world::World;

pub(super) const BUILTIN: Builtin = Builtin {
    signature: "IncrementWindow(key: str, window_seconds: float, when_all: list[bool], max_ttl_seconds: Optional[float] = None) -> int",
    about: "Counts the events of a key within a window, this one included; 0 and nothing counted unless all conditions hold.",
    example: "Posts = IncrementWindow(key=f'posts:{UserId}', window_seconds=3600, when_all=[EventType == 'post'])",
    is_pure: false,
    special: Special::None,
    make: Make::Plain(call),
};

fn call<'e>(arguments: &Arguments<'_, 'e>, world: &mut World<'_, 'e>) -> Outcome<'e> {
    if !arguments.list(2)?.iter().all(Value::is_true) {
        return Ok(Value::Int(0));
    }
    let window = to_float(arguments.value(1))?;
    let count = world.host.increment_window(arguments.text(0)?, window)?;
    Ok(Value::Int(i64::try_from(count).unwrap_or(i64::MAX)))
}
