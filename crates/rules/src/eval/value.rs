//! What a node resolves to.

use num_bigint::BigInt;
use num_traits::ToPrimitive;
use std::sync::Arc;

/// The value of one node for one event; borrows from the event and the program.
#[derive(Clone, Debug)]
pub(crate) enum Value<'e> {
    /// No value at all: the node raised, or something it needed did. Not the same as `None`.
    Failed,
    None,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(&'e str),
    Owned(Arc<str>),
    /// Whole numbers that do not fit in 64 bits, and only those.
    Big(Arc<BigInt>),
    List(Arc<[Value<'e>]>),
    Entity(Arc<Entity<'e>>),
    /// A rule by its index, and whether it holds.
    Rule(u32, bool),
    /// Microseconds.
    TimeDelta(i64),
    Experiment(Arc<Bucket<'e>>),
    /// An effect by its node; it does nothing until a `WhenRules` emits it.
    Effect(u32),
}

/// A typed id.
#[derive(Clone, Debug)]
pub(crate) struct Entity<'e> {
    pub(crate) kind: Arc<str>,
    pub(crate) id: Value<'e>,
}

/// Where an entity stands in an experiment: what the feature shows.
#[derive(Clone, Debug)]
pub(crate) struct Bucket<'e> {
    pub(crate) name: Arc<str>,
    pub(crate) entity: Arc<Entity<'e>>,
    /// Index of the bucket, or none if the entity takes no part.
    pub(crate) index: Option<usize>,
    pub(crate) bucket: Arc<str>,
    pub(crate) version: i64,
    pub(crate) revision: i64,
}

/// Stands in where a slot does not exist, which the compiler rules out.
pub(crate) static FAILED: Value<'static> = Value::Failed;

impl<'e> Value<'e> {
    pub(crate) fn text(text: &str) -> Self {
        Self::Owned(Arc::from(text))
    }

    pub(crate) fn big(number: BigInt) -> Self {
        number.to_i64().map_or_else(|| Self::Big(Arc::new(number)), Self::Int)
    }

    pub(crate) fn list(items: Vec<Self>) -> Self {
        Self::List(Arc::from(items))
    }

    pub(crate) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Owned(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn is_failed(&self) -> bool {
        matches!(self, Self::Failed)
    }

    /// Python's truth of a value; failed counts as false.
    pub(crate) fn is_true(&self) -> bool {
        match self {
            Self::Failed | Self::None => false,
            Self::Bool(value) | Self::Rule(_, value) => *value,
            Self::Int(value) => *value != 0,
            Self::Float(value) => *value != 0.0,
            Self::Text(text) => !text.is_empty(),
            Self::Owned(text) => !text.is_empty(),
            Self::List(items) => !items.is_empty(),
            Self::Big(_) | Self::Entity(_) | Self::TimeDelta(_) | Self::Experiment(_) | Self::Effect(_) => {
                true
            }
        }
    }

    /// What an `Entity`, a rule, a time span or an experiment is worth where a plain type is wanted.
    pub(crate) fn unwrapped(&self) -> Self {
        match self {
            Self::Entity(entity) => entity.id.clone(),
            Self::Rule(_, value) => Self::Bool(*value),
            Self::TimeDelta(micros) => Self::Float(seconds(*micros)),
            Self::Experiment(bucket) => Self::list(bucket.items()),
            other => other.clone(),
        }
    }
}

/// Seconds of a time span, as Python's `total_seconds` gives them.
pub(crate) fn seconds(micros: i64) -> f64 {
    // i64 microseconds below 2^53 are exact; Python, too, divides as floats.
    #[expect(clippy::cast_precision_loss, reason = "Python divides as floats, too")]
    let micros = micros as f64;
    micros / 1e6
}

impl<'e> Bucket<'e> {
    fn items(&self) -> Vec<Value<'e>> {
        vec![
            Value::Owned(self.name.clone()),
            self.entity.id.clone(),
            Value::Owned(self.entity.kind.clone()),
            Value::Owned(self.bucket.clone()),
            Value::text(&self.index.map_or_else(|| "-1".to_owned(), |index| index.to_string())),
            Value::text(&self.version.to_string()),
            Value::text(&self.revision.to_string()),
        ]
    }
}

/// Why a node has no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Expected: missing optional data, a domain without a suffix. Neither listed nor counted.
    Silent,
    /// Unexpected: listed and counted.
    Error(&'static str),
}

/// What evaluating a node gives.
pub(crate) type Outcome<'e> = Result<Value<'e>, Fault>;
