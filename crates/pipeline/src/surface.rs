//! Similar accounts by their ids: what `cordon surface` prints and `GET /v1/accounts/{id}/similar` answers.

use crate::Evaluator;
use cordon_detect::similar::evidence::{account_name, describe};
use cordon_detect::similar::{RankOptions, Scored, Seed, rank};
use cordon_model::entity::Evidence;
use cordon_model::ids::AccountId;
use serde::Serialize;

/// A candidate as people and scripts read it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Surfaced {
    /// The account.
    pub account_id: AccountId,
    /// Bits: the sum of the evidence rows, without the prior.
    pub weight: f64,
    /// 1/(1+2^−(prior+weight)), bounded while `is_calibrated` is false.
    pub probability: f64,
    /// Whether enough decisions stand behind `probability`.
    pub is_calibrated: bool,
    /// The rows, heaviest first.
    pub evidence: Vec<Evidence>,
}

/// Candidates, and what became of the seeds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Surfacing {
    /// Best first.
    pub candidates: Vec<Surfaced>,
    /// Seeds that no event ever named.
    pub unknown: Vec<AccountId>,
    /// Seeds that do not fit the others and were left out of what people write and mention.
    pub unfitting: Vec<AccountId>,
    /// Accounts scored.
    pub scored: usize,
}

/// Ranks accounts by their likeness to the seeds of these ids.
pub fn surface(state: &Evaluator, seeds: &[AccountId], options: &RankOptions) -> Surfacing {
    let detection = state.detection();
    let mut known = Vec::new();
    let mut unknown = Vec::new();
    for id in seeds {
        match detection.account(id.as_str()) {
            Some(account) => known.push(Seed::confirmed(account)),
            None => unknown.push(id.clone()),
        }
    }
    let ranking = rank(detection, &known, options);
    let names = state.names();
    let name = |account| AccountId(account_name(detection, &names, account));
    let unfitting =
        ranking.seeds.iter().filter(|seed| seed.weight == 0.0).map(|seed| name(seed.account)).collect();
    let is_calibrated = detection.is_calibrated();
    let candidates = ranking.candidates.iter().map(|scored| surfaced(state, scored, is_calibrated)).collect();
    Surfacing { candidates, unknown, unfitting, scored: ranking.scored }
}

fn surfaced(state: &Evaluator, scored: &Scored, is_calibrated: bool) -> Surfaced {
    let (detection, names) = (state.detection(), state.names());
    Surfaced {
        account_id: AccountId(account_name(detection, &names, scored.account)),
        weight: scored.weight,
        probability: scored.probability,
        is_calibrated,
        evidence: describe(detection, &names, &scored.rows),
    }
}
