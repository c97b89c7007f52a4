//! The story held against a truth, where one is known.

use crate::story::suspensions;
use crate::{Arrivals, Quantiles, RecordFacts};
use cordon_model::clock::Timestamp;
use cordon_model::entity::Source;
use cordon_model::ids::{AccountId, EffectId};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Seconds after its sign-up within which a return is recognised soon: before it has done much.
const SOON_SECONDS: f64 = 300.0;

/// What is true of accounts: a simulation's ground truth, or a labelled sample.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Truth {
    /// Accounts that break policy.
    pub violators: BTreeSet<AccountId>,
    /// Accounts that continue a suspended one, each with that one.
    pub returns: BTreeMap<AccountId, AccountId>,
    /// Accounts whose holders appeal a suspension, each with the hours that they take to do so.
    pub appeal_hours: BTreeMap<AccountId, u32>,
}

/// Figures that need a truth.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct AgainstTruth {
    /// Violating accounts.
    pub violators: u64,
    /// Violating accounts that were suspended.
    pub violators_suspended: u64,
    /// Of the accounts suspended, the share that violated.
    pub precision: Option<f64>,
    /// Of the violating accounts, the share that was suspended.
    pub recall: Option<f64>,
    /// Suspended accounts that violated nothing.
    pub innocents_suspended: u64,
    /// Of these, whose holders have appealed by the last event.
    pub innocents_appealed: u64,
    /// Of these, taken back since.
    pub innocents_restored: u64,
    /// Accounts that continue a suspended one.
    pub returns: u64,
    /// Of these, suspended again.
    pub returns_caught: u64,
    /// Of these, put up as a return within five minutes of signing up.
    pub returns_recognised_soon: u64,
    /// Accounts put up as a return that violated nothing.
    pub returns_wrong: u64,
    /// Hours from a return's sign-up to its suspension.
    pub return_hours: Quantiles,
    /// Days that violating accounts were at large, all together: from sign-up, or the first event, to suspension, or
    /// the last event.
    pub violator_days: f64,
    /// Candidates that similarity or a return put up.
    pub surfaced: u64,
    /// Of these, the share that violated.
    pub surfaced_precision: Option<f64>,
}

impl AgainstTruth {
    /// Computes the figures.
    pub fn of(facts: &RecordFacts, arrivals: &Arrivals, truth: &Truth) -> Self {
        let mut suspended: BTreeMap<&AccountId, Timestamp> = BTreeMap::new();
        let mut restored: BTreeSet<&AccountId> = BTreeSet::new();
        for decision in suspensions(facts) {
            suspended.entry(&decision.account_id).or_insert(decision.decided_at);
            if decision.overturned_at.is_some() {
                restored.insert(&decision.account_id);
            }
        }
        let is_violator = |account: &AccountId| truth.violators.contains(account);
        let guilty = suspended.keys().filter(|account| is_violator(account)).count() as u64;
        let innocent: Vec<&&AccountId> = suspended.keys().filter(|account| !is_violator(account)).collect();
        let has_appealed = |account: &AccountId| {
            let (_, last) = arrivals.span?;
            let hours = last.seconds_since(*suspended.get(account)?) / 3_600.0;
            Some(hours >= f64::from(*truth.appeal_hours.get(account)?))
        };
        let appealed =
            innocent.iter().filter(|account| has_appealed(account).unwrap_or(false)).count() as u64;
        // What was drawn by lot was not surfaced.
        let surfaced: BTreeSet<&AccountId> =
            facts.candidates.iter().filter(|one| one.propensity >= 1.0).map(|one| &one.account_id).collect();
        let rightly = surfaced.iter().filter(|account| is_violator(account)).count() as u64;
        let put_up = put_up_as_returns(facts, arrivals);
        let is_soon = |account: &&AccountId| {
            let (at, signed_up) = (put_up.get(*account)?, arrivals.signed_up.get(*account)?);
            Some(at.seconds_since(*signed_up) <= SOON_SECONDS)
        };
        let hours = |account: &AccountId| {
            let (ended, began) = (suspended.get(account)?, arrivals.signed_up.get(account)?);
            Some(ended.seconds_since(*began) / 3_600.0)
        };
        Self {
            violators: truth.violators.len() as u64,
            violators_suspended: guilty,
            precision: share(guilty, suspended.len() as u64),
            recall: share(guilty, truth.violators.len() as u64),
            innocents_suspended: innocent.len() as u64,
            innocents_appealed: appealed,
            innocents_restored: innocent.iter().filter(|account| restored.contains(**account)).count() as u64,
            returns: truth.returns.len() as u64,
            returns_caught: truth.returns.keys().filter(|account| suspended.contains_key(account)).count()
                as u64,
            returns_recognised_soon: truth.returns.keys().filter(|one| is_soon(one).unwrap_or(false)).count()
                as u64,
            returns_wrong: put_up.keys().filter(|account| !is_violator(account)).count() as u64,
            return_hours: Quantiles::of(truth.returns.keys().filter_map(hours).collect()),
            violator_days: truth
                .violators
                .iter()
                .map(|account| at_large(account, &suspended, arrivals))
                .sum(),
            surfaced: surfaced.len() as u64,
            surfaced_precision: share(rightly, surfaced.len() as u64),
        }
    }
}

/// Accounts that were put up as a return, each with when the event happened at which it first was: where a simulation
/// delivers an hour's events together, their arrival says little.
fn put_up_as_returns<'f>(facts: &'f RecordFacts, arrivals: &Arrivals) -> BTreeMap<&'f AccountId, Timestamp> {
    let mut first = BTreeMap::new();
    for candidate in facts.candidates.iter().filter(|one| one.source == Source::Return) {
        let offset = EffectId::from_text(&candidate.candidate_id).map(|id| id.offset);
        let happened = offset.and_then(|offset| arrivals.happened.get(&offset));
        let happened = happened.copied().unwrap_or(candidate.proposed_at);
        let at = first.entry(&candidate.account_id).or_insert(happened);
        *at = happened.min(*at);
    }
    first
}

/// Days from an account's beginning to its end, as far as the journal goes.
fn at_large(account: &AccountId, suspended: &BTreeMap<&AccountId, Timestamp>, arrivals: &Arrivals) -> f64 {
    let Some((first, last)) = arrivals.span else { return 0.0 };
    let began = arrivals.signed_up.get(account).copied().unwrap_or(first);
    let ended = suspended.get(account).copied().unwrap_or(last);
    (ended.seconds_since(began) / 86_400.0).max(0.0)
}

/// `part` of `whole`; `None` of nothing.
pub fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use cordon_enforce::ports::{CandidateFacts, DecisionFacts};
    use cordon_model::case::SourceSet;
    use cordon_model::decision::{Automation, DecisionKind};
    use cordon_model::ids::{CaseId, DecisionId, Offset, OperatorId, PolicyId};
    use cordon_model::policy::{PolicyRef, PolicyVersion};

    /// A suspension at that hour, of a case that a user opened.
    pub(crate) fn decided(account: &str, hour: i64) -> DecisionFacts {
        let decided_at = Timestamp::from_seconds(hour * 3_600);
        DecisionFacts {
            decision_id: DecisionId(format!("d-{account}")),
            case_id: CaseId(format!("c-{account}")),
            account_id: AccountId::from(account),
            kind: DecisionKind::Suspend,
            policy: PolicyRef { policy_id: PolicyId::from("spam"), version: PolicyVersion(1) },
            decided_by: OperatorId::from("ana"),
            automation: Automation::NotAutomated,
            opened_by: Source::User,
            sources: SourceSet::default(),
            case_opened_at: decided_at,
            weight: 0.0,
            probability: 0.1,
            is_calibrated: false,
            propensity: 1.0,
            decided_at,
            overturned_at: None,
        }
    }

    #[test]
    fn an_appeal_counts_once_its_time_has_come_and_only_of_innocents() {
        let names = ["early", "late", "silent", "violator"];
        let hours = [0, 30, 0, 0];
        let decisions = names.iter().zip(hours).map(|(name, hour)| decided(name, hour)).collect();
        let facts = RecordFacts { decisions, ..RecordFacts::default() };
        let span = (Timestamp::from_seconds(0), Timestamp::from_seconds(40 * 3_600));
        let arrivals = Arrivals { span: Some(span), ..Arrivals::default() };
        let truth = Truth {
            violators: [AccountId::from("violator")].into(),
            appeal_hours: ["early", "late", "violator"].map(|name| (AccountId::from(name), 24)).into(),
            ..Truth::default()
        };
        let found = AgainstTruth::of(&facts, &arrivals, &truth);
        assert_eq!((found.innocents_suspended, found.innocents_appealed), (3, 1));
    }

    #[test]
    fn a_return_is_recognised_soon_by_its_first_candidate_as_one() {
        let put_up = |account: &str, source, second| CandidateFacts {
            candidate_id: format!("{account}-{second}"),
            account_id: AccountId::from(account),
            source,
            fate: "opened".to_owned(),
            case_id: None,
            weight: 20.0,
            probability: 0.5,
            propensity: 1.0,
            proposed_at: Timestamp::from_seconds(second),
        };
        let candidates = vec![
            put_up("soon", Source::Return, 900),
            put_up("soon", Source::Return, 120),
            put_up("late", Source::Return, 301),
            put_up("similar", Source::Similar, 10),
            put_up("innocent", Source::Return, 10),
        ];
        // Arrived an hour later with much else, but happened at once.
        let id = EffectId { offset: Offset(7), ordinal: 0 };
        let candidate_id = id.to_text();
        let mut candidates = candidates;
        candidates.push(CandidateFacts { candidate_id, ..put_up("delivered", Source::Return, 3_600) });
        let happened = [(id.offset, Timestamp::from_seconds(30))].into();
        let names = ["soon", "late", "similar", "never", "delivered"].map(AccountId::from);
        let truth = Truth {
            violators: names.iter().cloned().collect(),
            returns: names.iter().map(|name| (name.clone(), AccountId::from("before"))).collect(),
            ..Truth::default()
        };
        let signed_up = names.iter().map(|name| (name.clone(), Timestamp::from_seconds(0))).collect();
        let facts = RecordFacts { candidates, ..RecordFacts::default() };
        assert_eq!(facts.return_offsets(), [id.offset].into());
        let arrivals = Arrivals { signed_up, happened, ..Arrivals::default() };
        let found = AgainstTruth::of(&facts, &arrivals, &truth);
        assert_eq!((found.returns_recognised_soon, found.returns_wrong), (2, 1));
    }
}
