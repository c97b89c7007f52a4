//! What was proposed already.

use cordon_model::limits::BANK_MATCHES_REMEMBERED_MAX;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Pairs of account and entry that have been proposed: the newest, up to the bound.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::banks) struct Proposed {
    next: u64,
    pairs: BTreeMap<(u32, u64), u64>,
    order: BTreeMap<u64, (u32, u64)>,
}

impl Proposed {
    /// Remembers a pair; whether it is new.
    pub(super) fn remember(&mut self, account: u32, entry_id: u64) -> bool {
        if self.pairs.contains_key(&(account, entry_id)) {
            return false;
        }
        if self.pairs.len() >= BANK_MATCHES_REMEMBERED_MAX
            && let Some((_, oldest)) = self.order.pop_first()
        {
            self.pairs.remove(&oldest);
        }
        self.pairs.insert((account, entry_id), self.next);
        self.order.insert(self.next, (account, entry_id));
        self.next += 1;
        true
    }

    /// Forgets the pairs of one account.
    pub(super) fn forget(&mut self, account: u32) {
        let own: Vec<(u32, u64)> =
            self.pairs.range((account, 0)..=(account, u64::MAX)).map(|(pair, _)| *pair).collect();
        for pair in own {
            if let Some(place) = self.pairs.remove(&pair) {
                self.order.remove(&place);
            }
        }
    }
}
