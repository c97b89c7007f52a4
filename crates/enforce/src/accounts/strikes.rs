//! Strikes: the decisions that stand, counted. They are kept nowhere, so an overturned decision leaves no trace of one.
//!
//! A decision that says the account broke a policy is a strike of the weight that the cited version gives, for as many
//! days as it says. A decision on strikes alone is none: it is what the strikes led to, not a further violation.

use crate::cases::Pointer;
use crate::change::Change;
use crate::intake::{Subject, admit_as};
use cordon_model::account::Standing;
use cordon_model::clock::Timestamp;
use cordon_model::decision::Decision;
use cordon_model::entity::{Evidence, EvidenceGroup, Source};
use cordon_model::ids::{CaseId, DecisionId};
use cordon_model::ladder::{Ladder, LadderStep};
use cordon_model::limits::EVIDENCE_ROWS_MAX;
use cordon_model::policy::{Policy, PolicyRef};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

const DAY_SECONDS: i64 = 86_400;

/// What a case that strikes open ranks by. That the account broke its policies is decided; what is open is whether
/// that calls for more, of which nobody has measured how often it does.
const PROBABILITY: f64 = 0.5;

/// Policy versions by what decisions call them.
pub type CitedPolicies = BTreeMap<PolicyRef, Policy>;

/// A violation that counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Strike {
    /// The decision that it is.
    pub decision_id: DecisionId,
    /// The policy that was broken.
    pub policy: PolicyRef,
    /// Its weight, from 1.
    pub points: u32,
    /// When it began to count.
    pub decided_at: Timestamp,
    /// From when on it counts no more; `None` for never.
    pub expires_at: Option<Timestamp>,
}

/// An account's strikes in force, and where they stand on the ladder.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct StrikeTally {
    /// The strikes, oldest first.
    pub strikes: Vec<Strike>,
    /// The sum of their points.
    pub points: u32,
    /// The highest step that they reach.
    pub reached: Option<LadderStep>,
    /// The step above.
    pub next: Option<LadderStep>,
}

/// The strikes in force at `now` among `decisions` on one account, oldest first. A decision whose policy is not among
/// `policies` is none.
pub fn strikes_in_force<'a>(
    decisions: impl IntoIterator<Item = &'a Decision>,
    policies: &CitedPolicies,
    now: Timestamp,
) -> Vec<Strike> {
    let in_force = |strike: &Strike| strike.expires_at.is_none_or(|expires_at| expires_at > now);
    let strike = |decision: &Decision| strike_of(decision, policies.get(&decision.policy)?);
    let mut strikes: Vec<Strike> = decisions.into_iter().filter_map(strike).filter(in_force).collect();
    strikes.sort_by(|one, other| {
        (one.decided_at, &one.decision_id).cmp(&(other.decided_at, &other.decision_id))
    });
    strikes
}

/// Adds strikes up and finds their place on the ladder.
pub fn tally(strikes: Vec<Strike>, ladder: &Ladder) -> StrikeTally {
    let points = strikes.iter().fold(0_u32, |points, strike| points.saturating_add(strike.points));
    StrikeTally { points, reached: ladder.reached(points), next: ladder.next(points), strikes }
}

/// Opens a case for a person where `decision`, a strike among those of `tally`, is milder than the step that the ladder
/// has for them. Nothing happens to the account. One that is suspended gets none: there the ladder asks for no less.
pub fn propose_step(
    subject: &mut Subject,
    decision: &Decision,
    tally: &StrikeTally,
    cited: &Policy,
    now: Timestamp,
) -> Vec<Change> {
    let is_counted = tally.strikes.iter().any(|strike| strike.decision_id == decision.decision_id);
    let Some(step) = tally.reached.filter(|step| is_counted && falls_short(decision, step)) else {
        return Vec::new();
    };
    if subject.account.standing == Standing::Suspended {
        return Vec::new();
    }
    let pointer = Pointer {
        source: Source::Strikes,
        at: now,
        reports: 0,
        weight: 0.0,
        probability: PROBABILITY,
        is_calibrated: false,
        propensity: 1.0,
        reach: None,
        policy: Some((cited.policy_id.clone(), cited.severity)),
        priority: 0,
        queue: None,
        evidence: evidence(tally, &step, now),
        incarnation_of: Vec::new(),
    };
    let mut changes = Vec::new();
    admit_as(subject, pointer, case_id(&decision.decision_id), now, &mut changes);
    changes
}

fn strike_of(decision: &Decision, policy: &Policy) -> Option<Strike> {
    let is_strike = decision.stands()
        && decision.kind.is_violation()
        && !decision.sources.is_only(Source::Strikes)
        && policy.strike_weight > 0;
    let days = policy.strike_days.map(|days| i64::from(days) * DAY_SECONDS);
    is_strike.then(|| Strike {
        decision_id: decision.decision_id.clone(),
        policy: decision.policy.clone(),
        points: policy.strike_weight,
        decided_at: decision.decided_at,
        expires_at: days.map(|seconds| decision.decided_at.plus_seconds(seconds)),
    })
}

fn falls_short(decision: &Decision, step: &LadderStep) -> bool {
    let seconds = |ends_at: Timestamp| (ends_at.0 - decision.decided_at.0) / 1_000_000;
    let days =
        decision.ends_at.map(|ends_at| u32::try_from(seconds(ends_at) / DAY_SECONDS).unwrap_or(u32::MAX));
    step.is_heavier_than(decision.kind, days)
}

/// Named after the decision, so that the same decision never opens two.
fn case_id(decision_id: &DecisionId) -> CaseId {
    let mut digest = crate::audit::hexadecimal(&Sha256::digest(decision_id.as_str()));
    digest.truncate(24);
    CaseId(format!("strikes-{digest}"))
}

/// What the ladder proposes and why, then the strikes, newest first.
fn evidence(tally: &StrikeTally, step: &LadderStep, now: Timestamp) -> Vec<Evidence> {
    let strikes = tally.strikes.iter().rev().map(strike_in_words);
    let rows = std::iter::once(proposal_in_words(tally, step, now)).chain(strikes);
    rows.take(EVIDENCE_ROWS_MAX).map(row).collect()
}

fn row(text: String) -> Evidence {
    Evidence {
        group: EvidenceGroup::Content,
        entity_type: "strikes".to_owned(),
        entity: None,
        terms: Vec::new(),
        weight: 0.0,
        levels: Vec::new(),
        text,
    }
}

fn proposal_in_words(tally: &StrikeTally, step: &LadderStep, now: Timestamp) -> String {
    let policies: Vec<&str> = tally.strikes.iter().map(|strike| strike.policy.policy_id.as_str()).collect();
    let last = policies.last().copied().unwrap_or_default();
    let under = if policies.iter().all(|policy| *policy == last) {
        format!("under {last}")
    } else {
        format!("under several policies, the last {last},")
    };
    let first = tally.strikes.first().map_or(now, |strike| strike.decided_at);
    let days = (now.0 - first.0).max(0) / (DAY_SECONDS * 1_000_000) + 1;
    let (number, within) = (ordinal(tally.strikes.len()), if days == 1 { "day" } else { "days" });
    format!(
        "{number} strike {under} in {days} {within}, {} in all: the ladder proposes to {step}",
        points(tally.points)
    )
}

fn strike_in_words(strike: &Strike) -> String {
    let Strike { policy, decided_at, expires_at, .. } = strike;
    let end = match expires_at {
        Some(expires_at) => format!("counts until {}", expires_at.day()),
        None => "counts for good".to_owned(),
    };
    format!("strike of {} under {policy} on {}, {end}", points(strike.points), decided_at.day())
}

fn points(count: u32) -> String {
    if count == 1 { "1 point".to_owned() } else { format!("{count} points") }
}

fn ordinal(number: usize) -> String {
    const WORDS: [&str; 6] = ["no", "first", "second", "third", "fourth", "fifth"];
    match WORDS.get(number) {
        Some(word) => (*word).to_owned(),
        None => format!("{number}th"),
    }
}

#[cfg(test)]
mod tests;
