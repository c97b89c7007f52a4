//! Proposals: what similarity puts before reviewers by itself, some hours after a suspension.
//!
//! Every newly suspended account is looked at together with the suspended accounts that are most like it, since a
//! platform has several kinds of violators and a mixture resembles nobody. Who resembles such a handful enough
//! becomes a candidate, and some are drawn besides. People decide.

mod companions;
pub mod drawn;

use crate::Detection;
use crate::links::AccountNumber;
use crate::similar::{RankOptions, Scored, Seed, rank};
use cordon_model::account::Standing;
use cordon_model::clock::Timestamp;
use cordon_model::limits;
pub use drawn::Drawn;
pub(crate) use drawn::{AuditLane, audit};
use std::collections::{BTreeMap, BTreeSet};

/// Handfuls of suspended accounts that one sweep ranks by.
const HANDFULS_MAX: usize = 3;
/// Suspended accounts in one handful.
const HANDFUL_SEEDS: usize = 10;
/// Accounts ranked for each place of a sweep where some below the threshold are drawn.
const RANKED_A_PLACE: usize = 4;

/// When and what similarity proposes: the section `proposals` of `links.yaml`.
#[derive(Clone, Copy, Debug, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProposalSettings {
    /// Hours between two sweeps; 0 for never.
    pub every_hours: u32,
    /// Fewest bits that a candidate must have.
    pub weight_min: f64,
    /// Most candidates that one sweep proposes.
    pub sweep_max: usize,
    /// Fewest bits that a young account needs to be a likely return: one that is proposed.
    pub return_weight_min: f64,
    /// Bits that a likely return must have beyond log2 of the number of accounts, as more newcomers share something with
    /// a suspended account by chance; `None` where [`ProposalSettings::return_weight_min`] is all that is asked.
    #[serde(default)]
    pub return_beyond_chance: Option<f64>,
    /// Most bits that coming soon after the suspension may add.
    #[serde(default)]
    pub return_timing_max: f64,
    /// Fewest bits of a possible return: one that is watched.
    #[serde(default = "return_possible_weight_min")]
    pub return_possible_weight_min: f64,
    /// Fewest of a likely return's bits that rest on something else than what is written.
    #[serde(default = "return_beside_content_min")]
    pub return_beside_content_min: f64,
    /// Share of a sweep's places that go to accounts drawn from those just below `weight_min`, where a look teaches
    /// most; 0 for none.
    #[serde(default)]
    pub uncertain_share: f64,
    /// How many bits below `weight_min` is just below.
    #[serde(default = "uncertain_bits")]
    pub uncertain_bits: f64,
    /// Share of all cases that are drawn at random among the active, to measure what nothing surfaces; 0 for none.
    #[serde(default)]
    pub audit_share: f64,
}

/// See [`return_possible_weight_min`].
fn uncertain_bits() -> f64 {
    6.0
}

/// What settings without the line mean: those that stand in journals from before it was read.
fn return_possible_weight_min() -> f64 {
    10.0
}

/// See [`return_possible_weight_min`]. Content is capped at 12 of the 15 bits of a likely return.
fn return_beside_content_min() -> f64 {
    3.0
}

impl ProposalSettings {
    /// Whether a sweep is due in that hour since the epoch.
    pub(crate) fn is_due(&self, hour: i64) -> bool {
        self.every_hours > 0 && hour.rem_euclid(i64::from(self.every_hours)) == 0
    }

    /// Places of a sweep that are drawn.
    fn drawn_places(&self) -> usize {
        (self.uncertain_share * self.sweep_max as f64).round() as usize
    }
}

/// Suspended accounts around which nobody has looked yet, in order of number.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Unswept(BTreeSet<u32>);

impl Unswept {
    /// An account stands otherwise than before.
    pub(crate) fn restand(&mut self, account: AccountNumber, before: Standing, after: Standing) {
        match (before, after) {
            (Standing::Suspended, Standing::Suspended) => {}
            (_, Standing::Suspended) => {
                self.0.insert(account.0);
            }
            _ => {
                self.0.remove(&account.0);
            }
        }
    }

    /// The newest one, taken out.
    fn take(&mut self) -> Option<AccountNumber> {
        self.0.pop_last().map(AccountNumber)
    }
}

/// An account that similarity puts before people.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposal {
    /// Who, and why.
    pub scored: Scored,
    /// The chance with which it was admitted, in `(0.0, 1.0]`; 1 at and above the threshold.
    pub propensity: f64,
}

/// Looks around the suspensions since the last sweep; gives what is news, heaviest first, and then what was drawn of
/// the accounts just below the threshold.
pub(crate) fn sweep(detection: &mut Detection, now: Timestamp) -> Vec<Proposal> {
    let settings = detection.settings().proposals;
    let drawn_places = settings.drawn_places();
    let mut found = around_suspensions(detection, drawn_places > 0);
    found.sort_by(|one, two| two.weight.total_cmp(&one.weight).then(one.account.cmp(&two.account)));
    let mut seen = BTreeSet::new();
    found.retain(|one| detection.proposed.would_be_news(one.account, one.weight) && seen.insert(one.account));
    let below = found.split_off(found.partition_point(|one| one.weight >= settings.weight_min));
    found.truncate(settings.sweep_max.saturating_sub(drawn_places).min(limits::CANDIDATES_SHOWN_MAX));
    let mut proposals: Vec<Proposal> =
        found.into_iter().map(|scored| Proposal { scored, propensity: 1.0 }).collect();
    proposals.extend(draw_of(detection, now, drawn_places, below));
    for one in &proposals {
        detection.proposed.is_news(one.scored.account, one.scored.weight);
    }
    proposals
}

/// Who resembles the newest suspended accounts at least so much that a sweep has a use for it.
fn around_suspensions(detection: &mut Detection, is_drawing: bool) -> Vec<Scored> {
    let settings = detection.settings().proposals;
    let (ranked, least) = if is_drawing {
        (settings.sweep_max * RANKED_A_PLACE, settings.weight_min - settings.uncertain_bits)
    } else {
        (settings.sweep_max, settings.weight_min)
    };
    let options = RankOptions { top: ranked, explained: ranked, ..RankOptions::default() };
    let mut found: Vec<Scored> = Vec::new();
    for _ in 0..HANDFULS_MAX {
        let Some(anchor) = detection.unswept.take() else { break };
        let handful = companions::of(detection, anchor, HANDFUL_SEEDS);
        for account in &handful {
            detection.unswept.0.remove(&account.0);
        }
        let seeds: Vec<Seed> = handful.into_iter().map(Seed::confirmed).collect();
        found.extend(rank(detection, &seeds, &options).candidates);
    }
    found.retain(|one| one.weight >= least && is_open(detection, one.account));
    found
}

/// Some of `below`, by lot.
fn draw_of(detection: &Detection, now: Timestamp, places: usize, below: Vec<Scored>) -> Vec<Proposal> {
    let mut by_account: BTreeMap<AccountNumber, Scored> =
        below.into_iter().map(|scored| (scored.account, scored)).collect();
    let drawn = drawn::draw(detection, now, places, by_account.keys().copied());
    let proposal = |one: Drawn| {
        let scored = by_account.remove(&one.account)?;
        Some(Proposal { scored, propensity: one.propensity })
    };
    drawn.into_iter().filter_map(proposal).collect()
}

/// Whether nobody has judged the account yet.
fn is_open(detection: &Detection, account: AccountNumber) -> bool {
    let facts = detection.links().account_facts(account);
    facts.standing == Standing::Unjudged && !facts.is_gone
}

#[cfg(test)]
mod tests;
