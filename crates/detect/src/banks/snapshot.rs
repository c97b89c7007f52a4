//! Banks as bytes and back. Ways to entries are not written; they are made anew in the order of numbers, and what is
//! found is put in order, so that restored banks find what those that lived find.

use super::store::{Banks, Proposed, Stored};
use cordon_model::bank::Bank;
use serde::{Deserialize, Serialize};

/// Banks as they stand in a snapshot.
#[derive(Deserialize)]
pub(crate) struct BanksDump(Vec<Option<Bank>>, Vec<Option<Stored>>, Vec<u32>, Proposed);

impl Banks {
    /// All that [`Banks::restore`] needs, in order.
    pub(crate) fn dump(&self) -> impl Serialize + '_ {
        (&self.banks, &self.entries, &self.free, &self.proposed)
    }

    /// What [`Banks::dump`] wrote.
    pub(crate) fn restore(dumped: BanksDump) -> Self {
        let BanksDump(banks, entries, free, proposed) = dumped;
        let mut restored = Self::default();
        restored.entries = vec![None; entries.len()];
        (restored.banks, restored.free, restored.proposed) = (banks, free, proposed);
        for (number, entry) in (0..).zip(entries) {
            if let Some(entry) = entry {
                restored.place_entry(number, entry);
            }
        }
        restored
    }
}
