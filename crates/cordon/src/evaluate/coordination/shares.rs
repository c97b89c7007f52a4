//! Reading a file of shares.

use crate::input;
use anyhow::{Context, Result, bail};
use cordon_detect::clusters::{Act, Acts};
use cordon_model::hashing::HashKey;
use std::collections::BTreeMap;
use std::path::Path;

/// A known key, so that two evaluations give the same figures.
const KEY: HashKey = HashKey::from_bytes([7; 16]);

/// Acts with the number of shares of each account.
#[derive(Clone, Debug, Default)]
pub(super) struct Shares {
    pub(super) acts: Acts,
    pub(super) by_account: BTreeMap<u32, u32>,
}

impl Shares {
    pub(super) fn push(&mut self, act: Act) {
        *self.by_account.entry(act.account).or_default() += 1;
        self.acts.push(0, act);
    }

    /// Reads the four columns.
    ///
    /// Errors: a file that is not there, another header, a line that is no share (by its number).
    pub(super) fn read(path: &Path) -> Result<Self> {
        let text = input::text(path)?;
        let mut lines = (1..).zip(text.lines());
        if !lines.next().is_some_and(|(_, line)| input::coordination::is_header(line.as_bytes())) {
            bail!("{}: the header is not object_id,account_id,content_id,timestamp_share", path.display());
        }
        let (mut shares, mut numbers) = (Self::default(), BTreeMap::new());
        for (number, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
            let (object, account, time) = input::coordination::share(line)
                .with_context(|| format!("{}: line {number} is no share", path.display()))?;
            let next = numbers.len() as u32;
            let account = *numbers.entry(account.to_owned()).or_insert(next);
            let at = u32::try_from(time.seconds()).unwrap_or(0);
            shares.push(Act { object: KEY.hash64(0, object.as_bytes()), at, account });
        }
        Ok(shares)
    }
}
