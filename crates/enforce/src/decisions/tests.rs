//! Properties of any sequence of commands on one account.

use super::*;
use crate::accounts::standing_of;
use crate::change::Change;
use crate::intake::{Arrival, Severities, Subject, take_in};
use crate::{cases, outbox::WebhookBody};
use cordon_model::account::Standing;
use cordon_model::action::ActionKind;
use cordon_model::case::CaseStatus;
use cordon_model::clock::Timestamp;
use cordon_model::decision::{Decision, DecisionKind, NewDecision, Overturn};
use cordon_model::effect::{Candidate, Effect};
use cordon_model::entity::{EvidenceGroup, Source};
use cordon_model::entry::{Control, JudgedAccounts};
use cordon_model::ids::{EffectId, Offset, OperatorId};
use cordon_model::operator::Role;
use cordon_model::policy::{Policy, PolicyRef, PolicyVersion, Severity};
use cordon_model::report::Report;
use proptest::prelude::*;
use std::collections::BTreeSet;

#[derive(Clone, Debug)]
enum Command {
    Report(Source),
    Candidate(Source),
    Import(&'static str),
    Erase,
    Claim(u8),
    Release(u8),
    Decide(u8, DecisionKind),
    DecideForDays(u8, DecisionKind, u32),
    EndDue,
    DecideUnderRetiredPolicy(u8),
    Overturn(usize),
    Wait(i64),
}

fn commands() -> impl Strategy<Value = Command> {
    let source = || prop::sample::select(Source::ALL.to_vec());
    prop_oneof![
        2 => source().prop_map(Command::Report),
        2 => source().prop_map(Command::Candidate),
        1 => prop::sample::select(vec!["suspended", "cleared", "restored"]).prop_map(Command::Import),
        1 => Just(Command::Erase),
        5 => (0u8..2).prop_map(Command::Claim),
        1 => (0u8..2).prop_map(Command::Release),
        6 => (0u8..2, prop::sample::select(DecisionKind::ALL.to_vec())).prop_map(|(by, kind)| Command::Decide(by, kind)),
        4 => (0u8..2, prop::sample::select(vec![DecisionKind::Restrict, DecisionKind::Suspend]), 1u32..60)
            .prop_map(|(by, kind, days)| Command::DecideForDays(by, kind, days)),
        3 => Just(Command::EndDue),
        1 => (0u8..2).prop_map(Command::DecideUnderRetiredPolicy),
        3 => (0usize..8).prop_map(Command::Overturn),
        2 => prop::sample::select(vec![60, 900, 40 * 86_400]).prop_map(Command::Wait),
    ]
}

/// A record of one account, the plainest that can be: whatever the machines say is so.
struct World {
    subject: Subject,
    history: History,
    /// What a platform believes that carries out each webhook as it comes.
    platform: BTreeSet<(ActionKind, Option<String>)>,
    now: Timestamp,
    offset: u64,
}

impl World {
    fn new() -> Self {
        Self {
            subject: Subject::new("a".into()),
            history: History::default(),
            platform: BTreeSet::new(),
            now: Timestamp::from_seconds(1_000),
            offset: 0,
        }
    }

    /// Carries a command out; whether it was allowed.
    fn run(&mut self, command: &Command) -> bool {
        let Some(result) = self.attempt(command) else { return false };
        let Ok((subject, changes)) = result else { return false };
        if !matches!(
            command,
            Command::Decide(..) | Command::DecideForDays(..) | Command::EndDue | Command::Overturn(_)
        ) {
            let acts = |change: &Change| matches!(change, Change::ActionTaken(_) | Change::Queued(_));
            assert!(!changes.iter().any(acts), "{command:?} acted without a decision");
        }
        self.subject = subject;
        changes.into_iter().for_each(|change| self.write(change));
        true
    }

    fn attempt(&mut self, command: &Command) -> Option<Result<(Subject, Vec<Change>), Refusal>> {
        let subject = self.subject.clone();
        let by = |operator: u8| OperatorId(format!("operator{operator}"));
        let on_case = |result: Result<(_, _), _>| {
            result.map(|(case, changes)| (Subject { case: Some(case), ..subject.clone() }, changes))
        };
        let case = self.subject.case.clone();
        let claim_id = case.as_ref().and_then(|case| case.claim.clone()).map(|claim| claim.claim_id);
        Some(match command {
            Command::Wait(seconds) => {
                self.now = self.now.plus_seconds(*seconds);
                return None;
            }
            Command::Report(source) => Ok(self.take_in(&report(*source, self.now))),
            Command::Candidate(source) => Ok(self.take_in(&candidate(*source, self.now))),
            Command::Import(outcome) => {
                let (outcome, decided_at) = ((*outcome).to_owned(), self.now);
                let effect = Effect::StandingImported { account_id: "a".into(), outcome, decided_at };
                let (subject, changes) = self.take_in(&effect);
                // The platform knows what it decided itself.
                self.platform.remove(&(ActionKind::Suspend, None));
                if subject.account.sanctions.iter().any(|held| held.kind == ActionKind::Suspend) {
                    self.platform.insert((ActionKind::Suspend, None));
                }
                Ok((subject, changes))
            }
            Command::Erase => Ok(self.take_in(&Effect::Erased { account_id: "a".into() })),
            Command::Claim(operator) => on_case(cases::claim(case?, &by(*operator), self.now)),
            Command::Release(operator) => {
                on_case(cases::release(case?, &claim_id?, &by(*operator), self.now))
            }
            Command::Decide(operator, kind) => {
                let new = new_decision(&case?, claim_id?, by(*operator), *kind);
                decide(subject, Some(&policy(false)), new, self.now)
            }
            Command::DecideForDays(operator, kind, days) => {
                let new = new_decision(&case?, claim_id?, by(*operator), *kind);
                decide(subject, Some(&policy(false)), NewDecision { days: Some(*days), ..new }, self.now)
            }
            Command::EndDue => {
                let mut changes = Vec::new();
                let mut account = subject.account.clone();
                for decision in &self.history.decisions {
                    let (after, more) = end(account, decision, self.now);
                    account = after;
                    changes.extend(more);
                }
                Ok((Subject { account, ..subject }, changes))
            }
            Command::DecideUnderRetiredPolicy(operator) => {
                let new = new_decision(&case?, claim_id?, by(*operator), DecisionKind::Suspend);
                decide(subject, Some(&policy(true)), new, self.now)
            }
            Command::Overturn(number) => {
                let decision_id = self.history.decisions.get(*number)?.decision_id.clone();
                let overturn = Overturn {
                    overturned_by: "lea".into(),
                    overturned_at: self.now,
                    reason: "mistaken".into(),
                };
                let account = subject.account.clone();
                super::overturn(account, &self.history, &decision_id, overturn)
                    .map(|(account, changes)| (Subject { account, ..subject }, changes))
            }
        })
    }

    fn take_in(&mut self, effect: &Effect) -> (Subject, Vec<Change>) {
        self.offset += 1;
        let effect_id = EffectId { offset: Offset(self.offset), ordinal: 0 };
        let severities = Severities::new();
        take_in(self.subject.clone(), Arrival { effect_id, effect, severities: &severities, now: self.now })
    }

    fn write(&mut self, change: Change) {
        match change {
            Change::DecisionMade(decision) => self.history.decisions.push(decision),
            Change::ActionTaken(action) => self.history.actions.push(action),
            Change::DecisionOverturned { decision_id, overturn, .. } => {
                let decisions = &mut self.history.decisions;
                let decision = decisions.iter_mut().find(|decision| decision.decision_id == decision_id);
                decision.unwrap().overturn = Some(overturn);
            }
            Change::DecisionEnded { decision_id, ended_at, .. } => {
                let decisions = &mut self.history.decisions;
                let decision = decisions.iter_mut().find(|decision| decision.decision_id == decision_id);
                assert_eq!(decision.unwrap().ended_at.replace(ended_at), None, "ended twice");
            }
            Change::Queued(row) if row.kind == OutboxKind::Webhook => self.deliver(&row.payload),
            _ => {}
        }
    }

    fn deliver(&mut self, payload: &str) {
        let body: WebhookBody = serde_json::from_str(payload).unwrap();
        let kind = ActionKind::from_name(body.kind.strip_prefix("action.").unwrap()).unwrap();
        if kind.is_sanction() {
            self.platform.insert((kind, body.label));
        } else {
            assert!(self.platform.remove(&(kind.reverse(), body.label)), "{kind:?} takes nothing back");
        }
    }

    fn check(&self) {
        let account = &self.subject.account;
        assert_eq!(account.standing, standing_of(account));
        let felt: BTreeSet<_> =
            account.sanctions.iter().map(|sanction| (sanction.kind, sanction.label.clone())).collect();
        assert_eq!(felt, self.platform, "the platform believes otherwise");
        for sanction in &account.sanctions {
            let of = |decision: &&Decision| Some(&decision.decision_id) == sanction.decision_id.as_ref();
            let owner = self.history.decisions.iter().find(of);
            assert!(owner.is_none_or(|owner| owner.ended_at.is_none()), "in force beyond its time");
        }
        if let Some(case) = &self.subject.case {
            assert_eq!(case.status == CaseStatus::Decided, case.decision_id.is_some());
            assert!(
                case.status == CaseStatus::Open
                    || case.claim_at(self.now).is_none()
                    || case.decision_id.is_none()
            );
            assert!(case.rank <= case.opened_at.0);
        }
        let ids: BTreeSet<_> = self.history.decisions.iter().map(|decision| &decision.decision_id).collect();
        assert_eq!(ids.len(), self.history.decisions.len(), "two decisions under one id");
        for decision in &self.history.decisions {
            assert!(!decision.evidence.is_empty() && decision.policy.version.0 > 0);
            assert!(!decision.decided_by.as_str().is_empty() && !decision.rationale.is_empty());
        }
        let action_ids: BTreeSet<_> = self.history.actions.iter().map(|action| &action.action_id).collect();
        assert_eq!(action_ids.len(), self.history.actions.len(), "two actions under one id");
        assert!(self.history.actions.iter().all(|action| ids.contains(&action.decision_id)));
    }
}

fn report(source: Source, now: Timestamp) -> Effect {
    Effect::Report(Report {
        entry_id: "e".into(),
        account_id: "a".into(),
        item_id: None,
        policy_id: None,
        text: None,
        reporter_id: None,
        source,
        received_at: now,
        is_subject_known: true,
    })
}

fn candidate(source: Source, now: Timestamp) -> Effect {
    Effect::Candidate(Candidate {
        account_id: "a".into(),
        source,
        weight: 30.0,
        probability: 1.0,
        is_calibrated: true,
        evidence: vec![evidence()],
        incarnation_of: Vec::new(),
        policy_id: None,
        queue_id: None,
        priority: 0,
        propensity: 1.0,
        reach: Some(10),
        proposed_at: now,
    })
}

fn evidence() -> Evidence {
    Evidence {
        group: EvidenceGroup::Network,
        entity_type: "ip".into(),
        entity: None,
        terms: Vec::new(),
        weight: 3.0,
        levels: vec![2, 5],
        text: "shares an address".into(),
    }
}

fn policy(is_retired: bool) -> Policy {
    Policy {
        policy_id: "terror".into(),
        version: PolicyVersion(1),
        title: String::new(),
        text: String::new(),
        severity: Severity::Severe,
        strike_weight: 0,
        strike_days: None,
        is_retired,
    }
}

fn new_decision(
    case: &cordon_model::case::Case,
    claim_id: cordon_model::ids::ClaimId,
    decided_by: OperatorId,
    kind: DecisionKind,
) -> NewDecision {
    NewDecision {
        case_id: case.case_id.clone(),
        claim_id,
        decided_by,
        decided_as: Role::Lead,
        kind,
        policy: PolicyRef { policy_id: "terror".into(), version: PolicyVersion(1) },
        evidence: vec![evidence()],
        rationale: "it is so".into(),
        automation: Default::default(),
        label: Some("spam".into()),
        days: None,
    }
}

/// A world in which operator 0 holds a claim on a reported account.
fn claimed() -> World {
    let mut world = World::new();
    assert!(world.run(&Command::Report(Source::User)) && world.run(&Command::Claim(0)));
    world
}

proptest! {
    #[test]
    fn any_sequence_of_commands_keeps_the_state_legal(commands in prop::collection::vec(commands(), 0..60)) {
        let mut world = World::new();
        for command in &commands {
            world.run(command);
            world.check();
            prop_assert!(!matches!(command, Command::DecideUnderRetiredPolicy(_))
                || world.history.decisions.iter().all(|decision| decision.policy.version == PolicyVersion(1)));
        }
    }

    #[test]
    fn overturning_every_decision_newest_first_ends_every_sanction(
        commands in prop::collection::vec(commands(), 0..60),
    ) {
        let mut world = World::new();
        for command in commands.iter().filter(|command| !matches!(command, Command::Import(_))) {
            world.run(command);
        }
        for number in (0..world.history.decisions.len()).rev() {
            world.run(&Command::Overturn(number));
            world.check();
        }
        prop_assert!(world.subject.account.sanctions.is_empty());
        prop_assert!(world.platform.is_empty());
        prop_assert!(world.history.decisions.iter().all(|decision| !decision.stands()));
    }

    #[test]
    fn once_every_time_is_over_only_sanctions_without_an_end_are_in_force(
        commands in prop::collection::vec(commands(), 0..60),
    ) {
        let mut world = World::new();
        commands.iter().for_each(|command| { world.run(command); });
        world.run(&Command::Wait(400 * 86_400));
        world.run(&Command::EndDue);
        world.check();
        for sanction in &world.subject.account.sanctions {
            let of = |decision: &&Decision| Some(&decision.decision_id) == sanction.decision_id.as_ref();
            let owner = world.history.decisions.iter().find(of);
            prop_assert!(owner.is_none_or(|owner| owner.ends_at.is_none()));
        }
        let before = world.history.clone();
        world.run(&Command::EndDue);
        prop_assert_eq!(world.history, before, "an end comes once");
    }

    #[test]
    fn a_decision_then_its_overturn_leaves_what_was_in_force(
        kind in prop::sample::select(DecisionKind::ALL.to_vec()),
        before in prop::sample::select(DecisionKind::ALL.to_vec()),
    ) {
        prop_assume!((before, kind) != (DecisionKind::Terminate, DecisionKind::Restore));
        let mut world = claimed();
        prop_assert!(world.run(&Command::Decide(0, before)));
        prop_assert!(world.run(&Command::Report(Source::Authority)) && world.run(&Command::Claim(0)));
        let start = world.platform.clone();
        prop_assert!(world.run(&Command::Decide(0, kind)));
        prop_assert!(world.run(&Command::Overturn(1)));
        prop_assert_eq!(world.platform, start);
    }
}

fn refusal_of(mutate: impl FnOnce(&mut NewDecision)) -> Refusal {
    let world = claimed();
    let case = world.subject.case.clone().unwrap();
    let claim_id = case.claim.as_ref().unwrap().claim_id.clone();
    let mut new = new_decision(&case, claim_id, "operator0".into(), DecisionKind::Label);
    mutate(&mut new);
    decide(world.subject, Some(&policy(false)), new, world.now).unwrap_err()
}

/// What the journal is told of a decision on a case that `pointer` opened.
fn taught_by(pointer: Command) -> JudgedAccounts {
    let mut world = World::new();
    assert!(world.run(&pointer) && world.run(&Command::Claim(0)));
    let decided = world.attempt(&Command::Decide(0, DecisionKind::Suspend));
    let (_, changes) = decided.unwrap().unwrap();
    let control = changes.iter().find_map(|change| match change {
        Change::Queued(row) if row.kind == OutboxKind::Journal => serde_json::from_str(&row.payload).ok(),
        _ => None,
    });
    let Some(Control::DecisionMade(judged)) = control else { panic!("{changes:?}") };
    judged
}

#[test]
fn a_decision_teaches_the_levels_of_the_cases_own_evidence_and_the_weight_of_a_similar_account() {
    let similar = taught_by(Command::Candidate(Source::Similar));
    assert_eq!(similar.seen, [("ip".to_owned(), 2), ("ip".to_owned(), 5)]);
    assert_eq!(similar.weight, Some(30.0));
    let reported = taught_by(Command::Report(Source::User));
    assert_eq!((reported.seen, reported.weight), (vec![], None));
}

#[test]
fn a_decision_lacking_anything_is_refused_by_name() {
    assert_eq!(refusal_of(|new| new.evidence.clear()), Refusal::EvidenceMissing);
    assert_eq!(refusal_of(|new| new.rationale = "  ".into()), Refusal::ReasonInvalid { chars: 0 });
    assert_eq!(refusal_of(|new| new.label = None), Refusal::LabelMissing);
    assert_eq!(refusal_of(|new| new.decided_by = "".into()), Refusal::DeciderMissing);
    assert!(matches!(refusal_of(|new| new.decided_by = "operator1".into()), Refusal::ClaimLost { .. }));
    assert!(matches!(refusal_of(|new| new.policy.version.0 = 2), Refusal::PolicyUnknown { .. }));
    assert!(matches!(refusal_of(|new| new.claim_id = "other".into()), Refusal::ClaimLost { .. }));
}

#[test]
fn a_lapsed_claim_cannot_decide() {
    let mut world = claimed();
    world.run(&Command::Wait(900));
    assert!(!world.run(&Command::Decide(0, DecisionKind::Suspend)));
    assert!(world.run(&Command::Claim(1)));
    assert!(!world.run(&Command::Decide(0, DecisionKind::Suspend)));
    assert!(world.run(&Command::Decide(1, DecisionKind::Suspend)));
    assert!(!world.run(&Command::Decide(1, DecisionKind::Suspend)));
}

#[test]
fn overturning_a_decision_on_an_imported_account_leaves_what_the_platform_had_decided() {
    use DecisionKind::{NoViolation, Restore, Suspend};
    let cases = [
        (Some("cleared"), NoViolation, None, Standing::Cleared),
        (Some("suspended"), Restore, None, Standing::Suspended),
        (Some("suspended"), Suspend, None, Standing::Suspended),
        // What comes while a decision stands is no more than its echo.
        (None, Suspend, Some("suspended"), Standing::Cleared),
        (None, NoViolation, Some("suspended"), Standing::Unjudged),
    ];
    for (before, kind, meanwhile, left) in cases {
        let mut world = World::new();
        let imported_at = world.now;
        if let Some(outcome) = before {
            world.run(&Command::Import(outcome));
        }
        world.run(&Command::Wait(60));
        assert!(world.run(&Command::Report(Source::Authority)) && world.run(&Command::Claim(0)));
        assert!(world.run(&Command::Decide(0, kind)));
        world.run(&Command::Wait(60));
        if let Some(outcome) = meanwhile {
            world.run(&Command::Import(outcome));
        }
        assert!(world.run(&Command::Overturn(0)));
        let account = &world.subject.account;
        assert_eq!(account.standing, left, "{before:?}, {kind:?}, {meanwhile:?}");
        if before.is_some() && kind != Suspend {
            assert_eq!(account.judged.as_ref().unwrap().at, imported_at, "{before:?}, {kind:?}");
        }
    }
}

#[test]
fn a_time_has_bounds_and_is_for_what_lasts() {
    for days in [0, 367, u32::MAX] {
        let refusal = refusal_of(|new| (new.kind, new.days) = (DecisionKind::Suspend, Some(days)));
        assert_eq!(refusal, Refusal::DaysInvalid { days });
        assert!(refusal.to_string().contains("1 to 366 days"), "{refusal}");
    }
    for kind in DecisionKind::ALL.into_iter().filter(|kind| !kind.may_end()) {
        let refusal = refusal_of(|new| (new.kind, new.days) = (kind, Some(3)));
        assert_eq!(refusal, Refusal::DaysUnfit { kind: kind.name() });
    }
}

#[test]
fn the_end_of_a_time_is_told_once_as_what_it_is() {
    let mut world = claimed();
    assert!(world.run(&Command::DecideForDays(0, DecisionKind::Suspend, 2)));
    world.run(&Command::Wait(2 * 86_400 - 1));
    assert_eq!(world.attempt(&Command::EndDue).unwrap().unwrap().1, []);
    world.run(&Command::Wait(1));
    let (_, changes) = world.attempt(&Command::EndDue).unwrap().unwrap();
    let Some(Change::Queued(row)) = changes.last() else { panic!("{changes:?}") };
    let body: WebhookBody = serde_json::from_str(&row.payload).unwrap();
    assert_eq!((body.kind.as_str(), body.is_time_over, body.ends_at), ("action.restore", true, None));
    let is_journal =
        |change: &Change| matches!(change, Change::Queued(row) if row.kind == OutboxKind::Journal);
    assert!(!changes.iter().any(is_journal), "what was learned stays");
    assert!(world.run(&Command::EndDue));
    assert_eq!(world.subject.account.standing, Standing::Cleared);
    assert!(world.history.decisions[0].stands());
}

#[test]
fn an_overturned_restoring_puts_nothing_back_whose_time_is_over() {
    for (seconds, in_force) in [(86_400, 1), (3 * 86_400, 0)] {
        let mut world = claimed();
        assert!(world.run(&Command::DecideForDays(0, DecisionKind::Suspend, 2)));
        assert!(world.run(&Command::Report(Source::Authority)) && world.run(&Command::Claim(0)));
        assert!(world.run(&Command::Decide(0, DecisionKind::Restore)));
        world.run(&Command::Wait(seconds));
        assert!(world.run(&Command::Overturn(1)));
        assert_eq!(world.subject.account.sanctions.len(), in_force);
        world.check();
    }
}

#[test]
fn a_termination_is_for_leads_and_only_overturning_takes_it_back() {
    let refusal = refusal_of(|new| (new.kind, new.decided_as) = (DecisionKind::Terminate, Role::Reviewer));
    assert_eq!(refusal, Refusal::TerminationForbidden { operator_id: "operator0".into() });
    let mut world = claimed();
    assert!(world.run(&Command::Decide(0, DecisionKind::Terminate)));
    assert_eq!(world.subject.account.standing, Standing::Suspended);
    assert!(world.run(&Command::Report(Source::Authority)) && world.run(&Command::Claim(0)));
    let refused = world.attempt(&Command::Decide(0, DecisionKind::Restore)).unwrap().unwrap_err();
    let decision_id = world.history.decisions[0].decision_id.clone();
    assert_eq!(refused, Refusal::TerminationFinal { decision_id });
    assert!(world.run(&Command::Overturn(0)));
    assert_eq!(world.subject.account.standing, Standing::Cleared);
    world.check();
}
