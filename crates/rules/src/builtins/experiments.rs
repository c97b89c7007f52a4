//! Experiments: which bucket an entity is in, by a hash that never changes.

use super::call::{Arguments, Constants, Function, Problem};
use crate::eval::python;
use crate::eval::value::{Bucket, Outcome, Value};
use crate::eval::world::World;
use crate::syntax::tree::Literal;
use num_traits::ToPrimitive;
use std::sync::Arc;

/// Most buckets of an experiment.
const BUCKETS_MAX: usize = 10;
/// What a hash is taken modulo of: hundredths of a percent.
const SPACE: u32 = 10_000;

struct Assignment {
    name: Arc<str>,
    buckets: Vec<Arc<str>>,
    /// In hundredths of a percent.
    sizes: Vec<u32>,
    version: i64,
    revision: i64,
}

/// Checks an experiment's constants.
pub(super) fn make(constants: &Constants<'_>) -> Result<Box<dyn Function>, Problem> {
    let buckets = constants.texts("buckets");
    let (version, revision) = (constants.int("version"), constants.int("revision"));
    for (name, number) in [("version", version), ("revision", revision)] {
        if number < 0 {
            return Err(Problem::new(name, format!("`{name}` must not be negative"), "count from 0"));
        }
    }
    if buckets.len() > BUCKETS_MAX {
        return Err(Problem::new("buckets", format!("more than {BUCKETS_MAX} buckets"), "use fewer"));
    }
    if !buckets.iter().any(|bucket| &**bucket == "control") {
        return Err(Problem::new("buckets", "a bucket `control` is required", "add 'control'"));
    }
    let mut sorted = buckets.clone();
    sorted.sort();
    sorted.dedup();
    if sorted.len() < buckets.len() {
        return Err(Problem::new("buckets", "a bucket is named twice", "name each once"));
    }
    let sizes = sizes(constants.list("bucket_sizes"), buckets.len())?;
    let name = constants.target.clone().unwrap_or_default();
    Ok(Box::new(Assignment { name, buckets, sizes, version, revision }))
}

fn sizes(written: &[Literal], buckets: usize) -> Result<Vec<u32>, Problem> {
    let wrong = |message: String, hint: &str| Err(Problem::new("bucket_sizes", message, hint));
    if written.len() != buckets {
        return wrong(format!("{} sizes for {buckets} buckets", written.len()), "give one size a bucket");
    }
    let most = SPACE / u32::try_from(buckets.max(1)).unwrap_or(1);
    let mut sizes = Vec::new();
    for size in written {
        let percent = match size {
            Literal::Int(number) => number.to_f64().unwrap_or(f64::MAX),
            Literal::Float(number) => *number,
            _ => f64::MAX,
        };
        let hundredths = percent * 100.0;
        if (hundredths - hundredths.round()).abs() > 1e-6 {
            return wrong("a size has more than two decimals".into(), "round it to hundredths of a percent");
        }
        match hundredths.round().to_u32() {
            Some(size) if size <= most => sizes.push(size),
            _ => {
                let message = format!("a size lies outside of 0 to {}", f64::from(most) / 100.0);
                return wrong(message, "each bucket gets at most its equal share");
            }
        }
    }
    Ok(sizes)
}

impl Function for Assignment {
    fn call<'e>(&self, arguments: &Arguments<'_, 'e>, _: &mut World<'_, 'e>) -> Outcome<'e> {
        let entity = arguments.entity(0)?.clone();
        let hash = murmur3(format!("{}/{}", self.name, python::to_str(&entity.id)).as_bytes(), 42) % SPACE;
        let width = SPACE / u32::try_from(self.buckets.len().max(1)).unwrap_or(1);
        let index = (hash / width) as usize;
        let start = hash - hash % width;
        let taken = self.sizes.get(index).filter(|size| hash < start + **size).map(|_| index);
        Ok(Value::Experiment(Arc::new(Bucket {
            name: self.name.clone(),
            entity,
            index: taken,
            bucket: taken.and_then(|index| self.buckets.get(index).cloned()).unwrap_or_default(),
            version: self.version,
            revision: self.revision,
        })))
    }
}

/// MurmurHash3, x86, 32 bits.
fn murmur3(bytes: &[u8], seed: u32) -> u32 {
    let mix = |block: u32| block.wrapping_mul(0xcc9e_2d51).rotate_left(15).wrapping_mul(0x1b87_3593);
    let mut hash = seed;
    let mut blocks = bytes.chunks_exact(4);
    for block in &mut blocks {
        let block = block.iter().rev().fold(0u32, |word, byte| (word << 8) | u32::from(*byte));
        hash = (hash ^ mix(block)).rotate_left(13).wrapping_mul(5).wrapping_add(0xe654_6b64);
    }
    let tail = blocks.remainder();
    if !tail.is_empty() {
        hash ^= mix(tail.iter().rev().fold(0u32, |word, byte| (word << 8) | u32::from(*byte)));
    }
    hash ^= u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    hash = (hash ^ (hash >> 16)).wrapping_mul(0x85eb_ca6b);
    hash = (hash ^ (hash >> 13)).wrapping_mul(0xc2b2_ae35);
    hash ^ (hash >> 16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_those_of_the_reference() {
        assert_eq!(murmur3(b"Ex/u1", 42) % SPACE, 9_681);
        assert_eq!(murmur3(b"Ex/5", 42) % SPACE, 7_194);
        assert_eq!(murmur3(b"MyExp/user_42", 42) % SPACE, 2_940);
    }
}
