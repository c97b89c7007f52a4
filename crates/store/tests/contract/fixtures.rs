//! Made-up effects and decisions.

use crate::Ports;
use cordon_model::action::Action;
use cordon_model::case::Case;
use cordon_model::clock::Timestamp;
use cordon_model::decision::{Decision, DecisionKind, NewDecision};
use cordon_model::effect::{Candidate, Effect, RuleHold, RuleSignal, RuleSignalKind};
use cordon_model::entity::{Evidence, EvidenceGroup, Source};
use cordon_model::ids::{AccountId, EffectId, Offset, OperatorId};
use cordon_model::ladder::{Ladder, LadderStep};
use cordon_model::policy::{Policy, PolicyRef, PolicyVersion, Severity};
use cordon_model::report::Report;

pub(crate) const DAY: i64 = 86_400;

pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(1_454_670_000 + seconds)
}

pub(crate) fn alice() -> OperatorId {
    "alice".into()
}

pub(crate) fn bob() -> OperatorId {
    "bob".into()
}

pub(crate) fn signal(account_id: &str, name: &str, seconds: i64) -> Effect {
    Effect::Signal(RuleSignal {
        account_id: account_id.into(),
        event_id: "e1".into(),
        kind: RuleSignalKind::Verdict,
        name: name.to_owned(),
        detail: None,
        rules: vec!["Burst".to_owned()],
        rule_set: 1,
        at: at(seconds),
    })
}

pub(crate) fn hold(account_id: &str, seconds: i64, hours: i64) -> Effect {
    Effect::Hold(RuleHold {
        account_id: account_id.into(),
        event_id: "e1".into(),
        policy_id: "terrorism".into(),
        rules: vec!["Burst".to_owned()],
        rule_set: 1,
        at: at(seconds),
        until: at(seconds + hours * 3_600),
    })
}

pub(crate) fn report(account_id: &str, source: Source, seconds: i64) -> Effect {
    Effect::Report(Report {
        entry_id: format!("entry-{account_id}-{seconds}").as_str().into(),
        account_id: account_id.into(),
        item_id: Some("post1".into()),
        policy_id: Some("terrorism".into()),
        text: Some("a secret text".into()),
        reporter_id: Some("reporter1".into()),
        source,
        received_at: at(seconds),
        is_subject_known: true,
    })
}

pub(crate) fn candidate(account_id: &str, weight: f64, seconds: i64) -> Effect {
    Effect::Candidate(Candidate {
        account_id: account_id.into(),
        source: Source::Return,
        weight,
        probability: 1.0,
        is_calibrated: false,
        evidence: evidence(),
        incarnation_of: vec!["predecessor".into()],
        policy_id: None,
        queue_id: None,
        priority: 0,
        propensity: 0.5,
        reach: Some(1_000),
        proposed_at: at(seconds),
    })
}

pub(crate) fn evidence() -> Vec<Evidence> {
    vec![Evidence {
        group: EvidenceGroup::Device,
        entity_type: "device".into(),
        entity: Some("d-1".into()),
        terms: Vec::new(),
        weight: 12.0,
        levels: vec![3],
        text: "uses the same device".into(),
    }]
}

pub(crate) fn effect_id(offset: u64) -> EffectId {
    EffectId { offset: Offset(offset), ordinal: 0 }
}

/// Effects as entries `first`, `first + 1`, and so on.
pub(crate) fn entries(first: u64, effects: Vec<Effect>) -> Vec<(EffectId, Effect)> {
    (first..).map(effect_id).zip(effects).collect()
}

/// Commits effects, one entry each, behind whatever is in the record.
pub(crate) async fn commit<R: Ports>(record: &R, effects: Vec<Effect>, seconds: i64) {
    let before = record.applied_offset().await.unwrap();
    let last = Offset(before.0 + effects.len() as u64);
    record.commit(before, last, entries(before.0 + 1, effects), at(seconds)).await.unwrap();
}

pub(crate) fn policy(version: u32) -> Policy {
    Policy {
        policy_id: "terrorism".into(),
        version: PolicyVersion(version),
        title: "Terrorism".into(),
        text: "You may not promote terrorism.".into(),
        severity: Severity::Severe,
        strike_weight: 0,
        strike_days: None,
        is_retired: false,
    }
}

/// Two points propose to restrict for 7 days, three to suspend for as many.
pub(crate) fn ladder() -> Ladder {
    let step = |points, kind| LadderStep { points, kind, days: Some(7) };
    Ladder::new(vec![step(2, DecisionKind::Restrict), step(3, DecisionKind::Suspend)]).unwrap()
}

pub(crate) async fn put_policy<R: Ports>(record: &R) {
    record.put_policy(&policy(1), &"admin".into(), at(0)).await.unwrap();
}

/// The decision that `by` would hand in on a case that they hold.
pub(crate) fn new_decision(case: &Case, by: &OperatorId, kind: DecisionKind) -> NewDecision {
    NewDecision {
        case_id: case.case_id.clone(),
        claim_id: case.claim.as_ref().map(|claim| claim.claim_id.clone()).unwrap_or_default(),
        decided_by: by.clone(),
        decided_as: cordon_model::operator::Role::Lead,
        kind,
        policy: PolicyRef { policy_id: "terrorism".into(), version: PolicyVersion(1) },
        evidence: evidence(),
        rationale: "a reasoned opinion".into(),
        automation: Default::default(),
        label: Some("spam".into()),
        days: None,
    }
}

/// Claims the account's open case and decides it.
pub(crate) async fn judge<R: Ports>(
    record: &R,
    account_id: &str,
    kind: DecisionKind,
    seconds: i64,
) -> (Decision, Vec<Action>) {
    let open = record.fetch_open_case(&AccountId::from(account_id)).await.unwrap().unwrap();
    let case = record.claim(&open.case_id, &alice(), at(seconds)).await.unwrap();
    record.decide(new_decision(&case, &alice(), kind), at(seconds)).await.unwrap()
}

/// The same for so many days.
pub(crate) async fn judge_for<R: Ports>(
    record: &R,
    account_id: &str,
    (kind, days): (DecisionKind, u32),
    seconds: i64,
) -> Decision {
    let open = record.fetch_open_case(&AccountId::from(account_id)).await.unwrap().unwrap();
    let case = record.claim(&open.case_id, &alice(), at(seconds)).await.unwrap();
    let new = NewDecision { days: Some(days), ..new_decision(&case, &alice(), kind) };
    record.decide(new, at(seconds)).await.unwrap().0
}

/// A record with a policy and one suspended account, `a`, decided at second 10.
pub(crate) async fn suspended<R: Ports>(record: &R) -> Decision {
    put_policy(record).await;
    commit(record, vec![report("a", Source::User, 1)], 1).await;
    judge(record, "a", DecisionKind::Suspend, 10).await.0
}
