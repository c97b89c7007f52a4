//! Proposals: what similarity puts before reviewers by itself, some hours after a suspension.
//!
//! Every newly suspended account is looked at together with the suspended accounts that are most like it, since a
//! platform has several kinds of violators and a mixture resembles nobody. Who resembles such a handful enough
//! becomes a candidate. People decide.

mod companions;

use crate::Detection;
use crate::links::AccountNumber;
use crate::similar::{RankOptions, Scored, Seed, rank};
use cordon_model::account::Standing;
use cordon_model::limits;
use std::collections::BTreeSet;

/// Handfuls of suspended accounts that one sweep ranks by.
const HANDFULS_MAX: usize = 3;
/// Suspended accounts in one handful.
const HANDFUL_SEEDS: usize = 10;

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
    /// Fewest bits of a possible return: one that is watched.
    #[serde(default = "return_possible_weight_min")]
    pub return_possible_weight_min: f64,
    /// Fewest of a likely return's bits that rest on something else than what is written.
    #[serde(default = "return_beside_content_min")]
    pub return_beside_content_min: f64,
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

/// Looks around the suspensions since the last sweep; gives what is news, heaviest first.
pub(crate) fn sweep(detection: &mut Detection) -> Vec<Scored> {
    let settings = detection.settings().proposals;
    let options =
        RankOptions { top: settings.sweep_max, explained: settings.sweep_max, ..RankOptions::default() };
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
    found.retain(|one| one.weight >= settings.weight_min && is_open(detection, one.account));
    found.sort_by(|one, two| two.weight.total_cmp(&one.weight).then(one.account.cmp(&two.account)));
    found.retain(|one| detection.proposed.is_news(one.account, one.weight));
    found.truncate(settings.sweep_max.min(limits::CANDIDATES_SHOWN_MAX));
    found
}

/// Whether nobody has judged the account yet.
fn is_open(detection: &Detection, account: AccountNumber) -> bool {
    let facts = detection.links().account_facts(account);
    facts.standing == Standing::Unjudged && !facts.is_gone
}
