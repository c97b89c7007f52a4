//! What a function sees when it is called.

use super::signature::Constant;
use crate::config::Labels;
use crate::eval::value::{Entity, FAILED, Fault, Outcome, Value};
use crate::eval::world::World;
use crate::lists::Lists;
use crate::syntax::tree::Literal;
use num_traits::ToPrimitive;
use std::cell::RefCell;
use std::sync::Arc;

/// A function made ready for one place in the rules: its constants are looked at, its patterns compiled.
pub(crate) trait Function: Send + Sync {
    fn call<'e>(&self, arguments: &Arguments<'_, 'e>, world: &mut World<'_, 'e>) -> Outcome<'e>;

    /// The pattern that the first argument is searched for, where that is all the function does and it may be searched
    /// together with others.
    fn pattern(&self) -> Option<&str> {
        None
    }
}

/// What a function does with its arguments.
pub(crate) type Call = for<'a, 'w, 'e> fn(&Arguments<'a, 'e>, &mut World<'w, 'e>) -> Outcome<'e>;

/// A function that needs nothing made ready.
pub(crate) struct Plain(pub(crate) Call);

impl Function for Plain {
    fn call<'e>(&self, arguments: &Arguments<'_, 'e>, world: &mut World<'_, 'e>) -> Outcome<'e> {
        (self.0)(arguments, world)
    }
}

/// What is wrong with a call's constants.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    /// The argument that is meant, or the call as a whole.
    pub(crate) argument: Option<&'static str>,
    pub(crate) message: String,
    pub(crate) hint: String,
}

impl Problem {
    pub(crate) fn new(argument: &'static str, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { argument: Some(argument), message: message.into(), hint: hint.into() }
    }
}

/// How a function is made ready for one place.
#[derive(Clone, Copy)]
pub(crate) enum Make {
    /// It needs nothing made ready.
    Plain(Call),
    /// Its constants are looked at first.
    Ready(fn(&Constants<'_>) -> Result<Box<dyn Function>, Problem>),
}

impl Make {
    /// The function, ready for the place of these constants.
    pub(crate) fn at(self, constants: &Constants<'_>) -> Result<Box<dyn Function>, Problem> {
        match self {
            Self::Plain(call) => Ok(Box::new(Plain(call))),
            Self::Ready(make) => make(constants),
        }
    }
}

/// The constants of one call, and where it stands.
pub(crate) struct Constants<'c> {
    /// By parameter: its constant or its default, if it has one.
    pub(crate) values: Vec<(&'static str, Option<Constant>)>,
    /// The name that the call is assigned to, if it is.
    pub(crate) target: Option<Arc<str>>,
    pub(crate) labels: &'c Labels,
    pub(crate) lists: &'c Arc<Lists>,
    /// What does not keep the rule set from loading.
    pub(crate) warnings: RefCell<Vec<Problem>>,
}

impl Constants<'_> {
    fn literal(&self, name: &str) -> Option<&Literal> {
        match self.values.iter().find(|(own, _)| *own == name)?.1.as_ref()? {
            Constant::One(literal) => Some(literal),
            Constant::List(_) => None,
        }
    }

    pub(crate) fn text(&self, name: &str) -> &str {
        match self.literal(name) {
            Some(Literal::Str(text)) => text,
            _ => "",
        }
    }

    /// The text, where it is known when the rules load.
    pub(crate) fn known_text(&self, name: &str) -> Option<&str> {
        match self.literal(name) {
            Some(Literal::Str(text)) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn is_true(&self, name: &str) -> bool {
        matches!(self.literal(name), Some(Literal::Bool(true)))
    }

    /// Clamped to 64 bits.
    pub(crate) fn int(&self, name: &str) -> i64 {
        match self.literal(name) {
            Some(Literal::Int(number)) => number.to_i64().unwrap_or(i64::MAX),
            _ => 0,
        }
    }

    pub(crate) fn float(&self, name: &str) -> f64 {
        match self.literal(name) {
            Some(Literal::Int(number)) => number.to_f64().unwrap_or(f64::MAX),
            Some(Literal::Float(number)) => *number,
            _ => 0.0,
        }
    }

    pub(crate) fn list(&self, name: &str) -> &[Literal] {
        match self.values.iter().find(|(own, _)| *own == name).and_then(|(_, value)| value.as_ref()) {
            Some(Constant::List(items)) => items,
            _ => &[],
        }
    }

    pub(crate) fn texts(&self, name: &str) -> Vec<Arc<str>> {
        self.list(name)
            .iter()
            .filter_map(|item| match item {
                Literal::Str(text) => Some(text.clone()),
                _ => None,
            })
            .collect()
    }
}

/// The arguments of one call, by the number of the parameter.
pub(crate) struct Arguments<'a, 'e> {
    pub(crate) slots: &'a [Value<'e>],
    pub(crate) constants: &'a [Value<'static>],
    pub(crate) operands: &'a [Operand],
}

/// Where an operand's value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Operand {
    Slot(u32),
    Constant(u32),
}

fn wrong<T>() -> Result<T, Fault> {
    Err(Fault::Error("an argument has another type than its function takes"))
}

impl<'a, 'e> Arguments<'a, 'e> {
    #[inline]
    pub(crate) fn value(&self, index: usize) -> &'a Value<'e> {
        match self.operands.get(index) {
            Some(Operand::Slot(slot)) => self.slots.get(*slot as usize).unwrap_or(&FAILED),
            Some(Operand::Constant(constant)) => self.constants.get(*constant as usize).unwrap_or(&FAILED),
            None => &FAILED,
        }
    }

    /// Nothing where the argument is `None` or failed.
    pub(crate) fn optional(&self, index: usize) -> Option<&'a Value<'e>> {
        match self.value(index) {
            Value::None | Value::Failed => None,
            value => Some(value),
        }
    }

    #[inline]
    pub(crate) fn text(&self, index: usize) -> Result<&'a str, Fault> {
        self.value(index).as_text().map_or_else(wrong, Ok)
    }

    pub(crate) fn optional_text(&self, index: usize) -> Result<Option<&'a str>, Fault> {
        self.optional(index).map(|value| value.as_text().map_or_else(wrong, Ok)).transpose()
    }

    pub(crate) fn bool(&self, index: usize) -> Result<bool, Fault> {
        match self.value(index) {
            Value::Bool(value) => Ok(*value),
            _ => wrong(),
        }
    }

    /// Whole numbers beyond 64 bits are clamped.
    pub(crate) fn int(&self, index: usize) -> Result<i64, Fault> {
        match self.value(index) {
            Value::Int(value) => Ok(*value),
            Value::Big(value) if value.sign() == num_bigint::Sign::Minus => Ok(i64::MIN),
            Value::Big(_) => Ok(i64::MAX),
            _ => wrong(),
        }
    }

    #[inline]
    pub(crate) fn list(&self, index: usize) -> Result<&'a [Value<'e>], Fault> {
        match self.value(index) {
            Value::List(items) => Ok(items),
            _ => wrong(),
        }
    }

    pub(crate) fn entity(&self, index: usize) -> Result<&'a Arc<Entity<'e>>, Fault> {
        match self.value(index) {
            Value::Entity(entity) => Ok(entity),
            _ => wrong(),
        }
    }

    /// Microseconds.
    pub(crate) fn optional_span(&self, index: usize) -> Result<Option<i64>, Fault> {
        match self.optional(index) {
            None => Ok(None),
            Some(Value::TimeDelta(micros)) => Ok(Some(*micros)),
            Some(_) => wrong(),
        }
    }
}
