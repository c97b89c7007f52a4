//! The machine's source of randomness.

use anyhow::{Context, Result};
use std::fs::File;
use std::io::Read;

/// Random bytes, fit for secrets.
///
/// Errors: the source cannot be read.
pub fn draw<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    File::open("/dev/urandom")
        .and_then(|mut source| source.read_exact(&mut bytes))
        .context("cannot read /dev/urandom")?;
    Ok(bytes)
}
