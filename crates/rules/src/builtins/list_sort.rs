//! `ListSort`: Sorts numbers by size and texts by code points.

use super::call::{Arguments, Make};
use super::{Builtin, Special};
use crate::eval::operators::compare;
use crate::eval::operators::to_float;
use crate::eval::value::{Fault, Outcome, Value};
use crate::eval::world::World;
use crate::syntax::tree::Comparator;
use std::cmp::Ordering;

pub(super) const BUILTIN: Builtin = Builtin {
    signature: "ListSort(list: list[Any], reverse: bool = False) -> list[Any]",
    about: "Sorts numbers by size and texts by code points.",
    example: "Sorted = ListSort(list=Links)",
    is_pure: true,
    special: Special::None,
    make: Make::Plain(call),
};

fn call<'e>(arguments: &Arguments<'_, 'e>, world: &mut World<'_, 'e>) -> Outcome<'e> {
    let mut items = arguments.list(0)?.to_vec();
    world.pay(items.len().saturating_mul(64))?;
    let numbers = items.iter().all(|item| to_float(item).is_ok());
    if !numbers && !items.iter().all(|item| item.as_text().is_some()) {
        return if items.len() < 2 {
            Ok(Value::list(items))
        } else {
            Err(Fault::Error("items of mixed types have no order"))
        };
    }
    let before = |left: &Value<'_>, right: &Value<'_>| match (left.as_text(), right.as_text()) {
        (Some(left), Some(right)) => left.cmp(right),
        _ if matches!(compare(Comparator::Less, left, right), Ok(Value::Bool(true))) => Ordering::Less,
        _ if matches!(compare(Comparator::Greater, left, right), Ok(Value::Bool(true))) => Ordering::Greater,
        _ => Ordering::Equal,
    };
    // Equal items keep their order both ways, as Python's do.
    let reverse = arguments.bool(1)?;
    items.sort_by(|left, right| if reverse { before(right, left) } else { before(left, right) });
    Ok(Value::list(items))
}
