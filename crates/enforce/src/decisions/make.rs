//! Making a decision: the only function from which an action can come.

use super::{check_reason, hash_evidence, journal_row};
use crate::Refusal;
use crate::accounts::{AccountRecord, Judged, apply_action, end_hold, restate};
use crate::cases::{check_claim, check_decider, check_open, decision_id};
use crate::change::Change;
use crate::intake::Subject;
use crate::outbox;
use cordon_model::action::{Action, ActionKind};
use cordon_model::case::{Case, CaseStatus};
use cordon_model::clock::Timestamp;
use cordon_model::decision::{Decision, DecisionKind, NewDecision};
use cordon_model::entity::{Evidence, Source};
use cordon_model::entry::{Control, JudgedAccounts};
use cordon_model::ids::{ActionId, DecisionId};
use cordon_model::limits;
use cordon_model::operator::Role;
use cordon_model::policy::{Policy, PolicyRef};

const DAY_SECONDS: i64 = 86_400;

/// Decides the subject's case: the decision, its actions, the account's new standing, what leaves the house.
///
/// `policy` is the version that `new` cites, or `None` where there is no such version.
///
/// Errors, first that applies: [`Refusal::CaseUnknown`] where the subject's case is another one,
/// [`Refusal::CaseDecided`], [`Refusal::CaseClosed`], [`Refusal::DeciderMissing`], [`Refusal::ClaimLost`],
/// [`Refusal::PolicyUnknown`], [`Refusal::EvidenceMissing`], [`Refusal::ReasonInvalid`], [`Refusal::LabelMissing`],
/// [`Refusal::DaysUnfit`], [`Refusal::DaysInvalid`], [`Refusal::TerminationForbidden`], [`Refusal::TerminationFinal`].
pub fn decide(
    subject: Subject,
    policy: Option<&Policy>,
    new: NewDecision,
    now: Timestamp,
) -> Result<(Subject, Vec<Change>), Refusal> {
    let case = subject
        .case
        .clone()
        .filter(|case| case.case_id == new.case_id)
        .ok_or_else(|| Refusal::CaseUnknown { case_id: new.case_id.clone() })?;
    check(&case, policy, &new, now)?;
    check_termination(&subject.account, &new)?;
    let concluded = conclude(subject, case, new, true, now);
    Ok((concluded.subject, concluded.changes))
}

/// A decision that was made, and what follows.
pub(crate) struct Concluded {
    pub(crate) decision_id: DecisionId,
    pub(crate) subject: Subject,
    pub(crate) changes: Vec<Change>,
}

/// Decides `case`, the subject's open one, once everything is checked. `is_weighed`: whether the case's weight was
/// claimed by something that is to be held against what was found.
pub(crate) fn conclude(
    subject: Subject,
    mut case: Case,
    new: NewDecision,
    is_weighed: bool,
    now: Timestamp,
) -> Concluded {
    let Subject { mut account, waiting, .. } = subject;
    let decision = decision_on(&case, &new, now);
    close(&mut case, &decision);
    let actions = actions_of(&account, &decision, new.label);
    account.sanctions = actions.iter().fold(std::mem::take(&mut account.sanctions), apply_action);
    account.judged = Some(judgement(&decision, account.judged.take()));
    account.repeat_report_count = 0;
    let standing = restate(&mut account);
    let held = end_hold(&mut account, Some(decision.decision_id.clone()), now);

    let judged = Control::DecisionMade(JudgedAccounts {
        decision_id: decision.decision_id.clone(),
        account_ids: vec![decision.account_id.clone()],
        outcome: decision.kind.outcome(),
        seen: levels_seen(&case),
        weight: (is_weighed && is_by_similarity(&case)).then_some(case.weight),
    });
    let journal = journal_row(format!("decision:{}", decision.decision_id), &decision.account_id, &judged);
    // Whoever leaves it at what was decided says nothing new of the account, least of all that it broke nothing.
    let is_left_at_that = is_on_strikes_alone(&decision) && !decision.kind.is_violation();
    let row = |action| outbox::webhook_row(action, &decision, decision.ends_at);
    let webhooks: Vec<_> = actions.iter().filter_map(row).collect();
    let decision_id = decision.decision_id.clone();
    let mut changes = vec![Change::DecisionMade(decision)];
    changes.extend(actions.into_iter().map(Change::ActionTaken));
    changes.extend(standing);
    changes.extend(held);
    changes.extend(webhooks.into_iter().map(Change::Queued));
    changes.extend((!is_left_at_that).then_some(Change::Queued(journal)));
    Concluded { decision_id, subject: Subject { account, case: Some(case), waiting }, changes }
}

/// Refuses a policy version that there is not, or that is retired.
pub(crate) fn check_policy(policy: Option<&Policy>, cited: &PolicyRef) -> Result<(), Refusal> {
    if policy.is_some_and(|policy| policy.reference() == *cited && !policy.is_retired) {
        return Ok(());
    }
    Err(Refusal::PolicyUnknown { policy: cited.clone() })
}

/// The case's evidence as the levels that learning counts.
fn levels_seen(case: &Case) -> Vec<(String, u8)> {
    let of = |row: &Evidence| {
        let entity_type = row.entity_type.clone();
        row.levels.clone().into_iter().map(move |level| (entity_type.clone(), level))
    };
    case.evidence.iter().flat_map(of).collect()
}

/// Whether similarity has given the case its weight, so that the weight can be held against what was found. What a
/// cluster alone brought has none: its bits speak of chance.
fn is_by_similarity(case: &Case) -> bool {
    case.weight > 0.0 && (case.sources.contains(Source::Similar) || case.sources.contains(Source::Return))
}

fn check(case: &Case, policy: Option<&Policy>, new: &NewDecision, now: Timestamp) -> Result<(), Refusal> {
    check_open(case)?;
    check_decider(&new.decided_by)?;
    check_claim(case, &new.claim_id, &new.decided_by, now)?;
    check_policy(policy, &new.policy)?;
    if new.evidence.is_empty() {
        return Err(Refusal::EvidenceMissing);
    }
    check_reason(&new.rationale)?;
    let is_labelled = new.label.as_ref().is_some_and(|label| !label.trim().is_empty());
    if new.kind == DecisionKind::Label && !is_labelled {
        return Err(Refusal::LabelMissing);
    }
    check_days(new.kind, new.days)
}

/// Refuses to end for good what a reviewer alone may not, and to restore what was ended for good.
fn check_termination(account: &AccountRecord, new: &NewDecision) -> Result<(), Refusal> {
    if new.kind == DecisionKind::Terminate && new.decided_as < Role::Lead {
        return Err(Refusal::TerminationForbidden { operator_id: new.decided_by.clone() });
    }
    let terminated = account.sanctions.iter().find(|sanction| sanction.kind == ActionKind::Terminate);
    match terminated.and_then(|sanction| sanction.decision_id.clone()) {
        Some(decision_id) if new.kind == DecisionKind::Restore => {
            Err(Refusal::TerminationFinal { decision_id })
        }
        _ => Ok(()),
    }
}

/// Refuses a time for what has none, and one that is none or too long.
pub(crate) fn check_days(kind: DecisionKind, days: Option<u32>) -> Result<(), Refusal> {
    let Some(days) = days else { return Ok(()) };
    if !kind.may_end() {
        return Err(Refusal::DaysUnfit { kind: kind.name() });
    }
    if (1..=limits::SANCTION_DAYS_MAX).contains(&days) { Ok(()) } else { Err(Refusal::DaysInvalid { days }) }
}

fn decision_on(case: &Case, new: &NewDecision, now: Timestamp) -> Decision {
    Decision {
        decision_id: decision_id(&case.case_id),
        case_id: case.case_id.clone(),
        account_id: case.account_id.clone(),
        kind: new.kind,
        policy: new.policy.clone(),
        evidence_hash: hash_evidence(&new.evidence),
        evidence: new.evidence.clone(),
        rationale: new.rationale.clone(),
        decided_by: new.decided_by.clone(),
        automation: new.automation,
        decided_at: now,
        case_opened_at: case.opened_at,
        sources: case.sources,
        weight: case.weight,
        ends_at: new.days.map(|days| now.plus_seconds(i64::from(days) * DAY_SECONDS)),
        ended_at: None,
        overturn: None,
    }
}

fn close(case: &mut Case, decision: &Decision) {
    case.status = CaseStatus::Decided;
    case.version += 1;
    case.updated_at = decision.decided_at;
    case.closed_at = Some(decision.decided_at);
    case.claim = None;
    case.decision_id = Some(decision.decision_id.clone());
}

/// What later reports and candidates are held against. On strikes alone nothing was weighed anew: what had been
/// pointed out `before` goes on being known.
fn judgement(decision: &Decision, before: Option<Judged>) -> Judged {
    let known = before.filter(|_| is_on_strikes_alone(decision));
    let weight = known.as_ref().map_or(decision.weight, |known| known.weight.max(decision.weight));
    let sources = known.iter().flat_map(|known| known.sources.iter()).chain(decision.sources.iter());
    Judged {
        decision_id: Some(decision.decision_id.clone()),
        case_id: Some(decision.case_id.clone()),
        at: decision.decided_at,
        weight,
        sources: sources.collect(),
    }
}

fn is_on_strikes_alone(decision: &Decision) -> bool {
    decision.sources.is_only(Source::Strikes)
}

/// The actions that carry the decision out, in the order in which the platform should hear of them.
fn actions_of(account: &AccountRecord, decision: &Decision, label: Option<String>) -> Vec<Action> {
    let kind = match decision.kind {
        DecisionKind::NoViolation => return Vec::new(),
        DecisionKind::Restore => return restoring_actions(account, decision),
        DecisionKind::Warn => ActionKind::Warn,
        DecisionKind::Label => ActionKind::Label,
        DecisionKind::Restrict => ActionKind::Restrict,
        DecisionKind::Suspend => ActionKind::Suspend,
        DecisionKind::Terminate => ActionKind::Terminate,
    };
    let label = label.filter(|_| kind == ActionKind::Label);
    vec![action(decision, 0, kind, label)]
}

/// One take-back for everything in force, newest first; the platform hears of each effect once.
fn restoring_actions(account: &AccountRecord, decision: &Decision) -> Vec<Action> {
    let mut rest = account.clone();
    let mut actions = Vec::new();
    while let Some(sanction) = rest.sanctions.pop() {
        let is_sent = rest.is_last_of_its_sort(&sanction);
        let kind = sanction.kind.reverse();
        let reverses = Some(sanction.action_id);
        actions.push(Action { reverses, is_sent, ..action(decision, actions.len(), kind, sanction.label) });
    }
    actions
}

fn action(decision: &Decision, number: usize, kind: ActionKind, label: Option<String>) -> Action {
    Action {
        action_id: ActionId(format!("{}-a{number}", decision.decision_id)),
        decision_id: decision.decision_id.clone(),
        account_id: decision.account_id.clone(),
        kind,
        label,
        reverses: None,
        is_sent: true,
        taken_at: decision.decided_at,
    }
}
