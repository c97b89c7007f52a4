//! Digests of a text: what the functions that give one share.

use super::call::Arguments;
use crate::eval::value::{Outcome, Value};
use crate::eval::world::World;
use sha2::Digest;
use std::sync::Arc;

/// The digest of the first argument, in lower-case hexadecimal digits.
pub(super) fn call<'e, D: Digest>(arguments: &Arguments<'_, 'e>, world: &mut World<'_, 'e>) -> Outcome<'e> {
    let text = arguments.text(0)?;
    world.pay(text.len().saturating_mul(8))?;
    let digest = D::digest(text.as_bytes());
    let digits: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Value::Owned(Arc::from(digits)))
}
