//! What is drawn rather than found, so that what the score passes over is looked at too.
//!
//! Reviewers otherwise see only what the score lets through, and what they find then says nothing about the rest. Two
//! draws mend that, each with its chance on record. Of the accounts *just below* the threshold some are drawn, where a
//! look teaches most. And of *all active* accounts a few, whose findings count the violators that nothing surfaced.
//! Within a draw every account has the same chance, by keyed hash: nobody can foresee it, and a replay draws the same.

use crate::Detection;
use crate::links::AccountNumber;
use cordon_model::account::Standing;
use cordon_model::clock::Timestamp;
use cordon_model::limits;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Name space of draws among keyed hashes.
const SPACE_DRAW: u8 = 252;
/// Days within which an account must have acted to be drawn among all active ones.
const ACTIVE_DAYS: u16 = 30;
/// Parts of one place in the queue.
const MILLION: u64 = 1_000_000;

/// An account that was drawn, and its chance of that, in `(0.0, 1.0]`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Drawn {
    /// Which account.
    pub account: AccountNumber,
    /// The chance with which it was drawn.
    pub propensity: f64,
}

/// Draws `places` of `among`, each with the same chance; in order of number.
pub(super) fn draw(
    detection: &Detection,
    now: Timestamp,
    places: usize,
    among: impl Iterator<Item = AccountNumber>,
) -> Vec<Drawn> {
    let hour = now.seconds().div_euclid(3_600).to_le_bytes();
    let lot = |account: AccountNumber| {
        let hash = detection.links().account_facts(account).hash.to_le_bytes();
        detection.key().hash64(SPACE_DRAW, &[hour, hash].concat())
    };
    let mut lots: Vec<(u64, AccountNumber)> = among.map(|account| (lot(account), account)).collect();
    let places = places.min(lots.len());
    if places == 0 {
        return Vec::new();
    }
    let propensity = places as f64 / lots.len() as f64;
    if places < lots.len() {
        lots.select_nth_unstable(places);
        lots.truncate(places);
    }
    let mut drawn: Vec<Drawn> = lots.into_iter().map(|(_, account)| Drawn { account, propensity }).collect();
    drawn.sort_unstable_by_key(|one| one.account);
    drawn
}

/// How many accounts were put before people since the last draw: of so many a share is drawn at random.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AuditLane {
    /// Accounts that reports, returns, banks and similarity pointed at.
    pointed_at: BTreeSet<u32>,
    /// Millionths of a place that are owed from earlier draws.
    owed: u64,
}

impl AuditLane {
    /// Something points at the account.
    pub(crate) fn note(&mut self, account: AccountNumber) {
        if self.pointed_at.len() < limits::AUDIT_LANE_ACCOUNTS_MAX {
            self.pointed_at.insert(account.0);
        }
    }

    /// Places of the draw that is due, when `share` of all cases are to be drawn; what is no whole place is owed.
    fn places(&mut self, share: f64) -> usize {
        let beside = share / (1.0 - share);
        self.owed += (beside * MILLION as f64) as u64 * self.pointed_at.len() as u64;
        let places = (self.owed / MILLION).min(limits::AUDIT_LANE_DRAWN_MAX as u64);
        self.owed %= MILLION;
        places as usize
    }
}

/// Draws among everybody who is active, whom nobody judged and at whom nothing pointed since the last draw.
pub(crate) fn audit(detection: &mut Detection, now: Timestamp) -> Vec<Drawn> {
    let share = detection.settings().proposals.audit_share;
    let places = detection.audit_lane.places(share);
    let pointed_at = std::mem::take(&mut detection.audit_lane.pointed_at);
    if places == 0 {
        return Vec::new();
    }
    let today = now.day();
    let is_eligible = |account: &AccountNumber| {
        let facts = detection.links().account_facts(*account);
        facts.standing == Standing::Unjudged
            && !facts.is_gone
            && facts.events > 0
            && today.days_since(facts.received) <= ACTIVE_DAYS
            && !pointed_at.contains(&account.0)
    };
    draw(detection, now, places, detection.links().accounts().filter(is_eligible))
}
