//! Properties of any sequence of decisions, appeals and overturns on one account.

use super::*;
use crate::Refusal;
use crate::cases::{self, Opening, Pointer};
use crate::change::Change;
use crate::decisions::{self, History, conclude};
use crate::intake::Subject;
use crate::notices::{self, NoticeSettings};
use cordon_model::appeal::{Appeal, AppealChannel, AppealStatus};
use cordon_model::clock::Timestamp;
use cordon_model::decision::{DecisionKind, NewDecision, Overturn};
use cordon_model::entity::Source;
use cordon_model::ids::{ClaimId, DecisionId, OperatorId};
use cordon_model::policy::{Policy, PolicyVersion, Severity};
use cordon_model::statement::{NoticeProfile, Statement};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

const PEOPLE: [&str; 3] = ["alice", "bob", "carol"];

#[derive(Clone, Debug)]
enum Command {
    Decide(usize, DecisionKind),
    Overturn(usize),
    File(usize),
    Claim(usize, usize),
    Rule(usize, usize, bool),
    Withdraw(usize),
    SettleMoot(usize),
    Wait(i64),
}

fn commands() -> impl Strategy<Value = Vec<Command>> {
    let one = prop_oneof![
        3 => (0usize..3, prop::sample::select(DecisionKind::ALL.to_vec())).prop_map(|(by, kind)| Command::Decide(by, kind)),
        1 => (0usize..6).prop_map(Command::Overturn),
        4 => (0usize..6).prop_map(Command::File),
        4 => (0usize..6, 0usize..3).prop_map(|(which, by)| Command::Claim(which, by)),
        5 => (0usize..6, 0usize..3, any::<bool>()).prop_map(|(which, by, wrong)| Command::Rule(which, by, wrong)),
        1 => (0usize..6).prop_map(Command::Withdraw),
        1 => (0usize..6).prop_map(Command::SettleMoot),
        2 => prop::sample::select(vec![60, 900, 8 * 86_400, 184 * 86_400]).prop_map(Command::Wait),
    ];
    prop::collection::vec(one, 0..60)
}

fn policy() -> Policy {
    Policy {
        policy_id: "spam".into(),
        version: PolicyVersion(1),
        title: "Spam".into(),
        text: "You may not.".into(),
        severity: Severity::Low,
        strike_weight: 0,
        strike_days: None,
        is_retired: false,
    }
}

/// The plainest record: whatever the machines say is so.
struct World {
    subject: Subject,
    history: History,
    statements: BTreeMap<DecisionId, Statement>,
    appeals: BTreeMap<DecisionId, Appeal>,
    /// Keys of everything that left.
    sent: BTreeSet<String>,
    /// Appeals that were filed, ever.
    filed: usize,
    now: Timestamp,
}

impl World {
    fn new() -> Self {
        Self {
            subject: Subject::new("a".into()),
            history: History::default(),
            statements: BTreeMap::new(),
            appeals: BTreeMap::new(),
            sent: BTreeSet::new(),
            filed: 0,
            now: Timestamp::from_seconds(1_454_670_000),
        }
    }

    fn write(&mut self, changes: Vec<Change>) {
        for change in changes {
            match change {
                Change::DecisionMade(decision) => {
                    let settings =
                        NoticeSettings { secret: "s".into(), appeal_url: "/".into(), appeal_days: 183 };
                    let made = notices::state(&decision, &policy(), &NoticeProfile::default(), &settings);
                    if let Some((statement, row)) = made {
                        self.statements.insert(statement.decision_id.clone(), statement);
                        assert!(self.sent.insert(row.unwrap().key), "a notice twice");
                    }
                    self.history.decisions.push(decision);
                }
                Change::DecisionOverturned { decision_id, overturn, .. } => {
                    let found = self.history.decisions.iter_mut().find(|one| one.decision_id == decision_id);
                    let decision = found.unwrap();
                    assert!(decision.overturn.is_none(), "overturned twice");
                    decision.overturn = Some(overturn);
                }
                Change::ActionTaken(action) => self.history.actions.push(action),
                Change::AppealMoved { appeal, .. } => {
                    self.appeals.insert(appeal.decision_id.clone(), appeal);
                }
                Change::Queued(row) => assert!(self.sent.insert(row.key), "something left twice"),
                _ => {}
            }
        }
    }

    fn decision_id(&self, which: usize) -> Option<DecisionId> {
        self.history.decisions.get(which).map(|decision| decision.decision_id.clone())
    }

    fn involved(&self, decision_id: &DecisionId) -> Involved {
        let decision = self.history.decisions.iter().find(|one| one.decision_id == *decision_id).unwrap();
        Involved(BTreeSet::from([decision.decided_by.clone()]))
    }

    fn decide(&mut self, by: usize, kind: DecisionKind) {
        let number = self.history.decisions.len();
        let pointer = Pointer {
            source: Source::User,
            at: self.now,
            reports: 1,
            weight: 0.0,
            probability: 0.0,
            is_calibrated: false,
            propensity: 1.0,
            reach: None,
            policy: None,
            priority: 0,
            queue: None,
            evidence: Vec::new(),
            incarnation_of: Vec::new(),
        };
        let case_id = cordon_model::ids::CaseId(format!("c{number}"));
        let opening =
            Opening { case_id: case_id.clone(), account_id: "a".into(), is_protected: false, now: self.now };
        let new = NewDecision {
            case_id,
            claim_id: ClaimId::default(),
            decided_by: PEOPLE[by].into(),
            decided_as: cordon_model::operator::Role::Lead,
            kind,
            policy: policy().reference(),
            evidence: Vec::new(),
            rationale: "r".into(),
            automation: Default::default(),
            label: Some("l".into()),
            days: None,
        };
        let made = conclude(self.subject.clone(), cases::open(opening, pointer), new, false, self.now);
        self.subject = Subject { case: None, ..made.subject };
        self.write(made.changes);
    }

    fn run(&mut self, command: &Command) -> Option<Result<(), Refusal>> {
        let now = self.now;
        let (which, changes) = match command {
            Command::Wait(seconds) => {
                self.now = now.plus_seconds(*seconds);
                return None;
            }
            Command::Decide(by, kind) => {
                self.decide(*by, *kind);
                return None;
            }
            Command::Overturn(which) => {
                let decision_id = self.decision_id(*which)?;
                let overturn =
                    Overturn { overturned_by: "lead".into(), overturned_at: now, reason: "r".into() };
                let account = self.subject.account.clone();
                let done = decisions::overturn(account, &self.history, &decision_id, overturn);
                (
                    which,
                    done.map(|(account, changes)| {
                        self.subject.account = account;
                        changes
                    }),
                )
            }
            Command::File(which) => {
                let decision = self.history.decisions.get(*which)?;
                let id = &decision.decision_id;
                let new = NewAppeal { channel: AppealChannel::Link, text: "not me".into() };
                let filed = file(decision, self.statements.get(id), self.appeals.get(id), new, None, now);
                if filed.is_ok() {
                    self.filed += 1;
                }
                (which, filed.map(|(_, change)| vec![change]))
            }
            Command::Claim(which, by) => {
                let appeal = self.appeals.get(&self.decision_id(*which)?)?.clone();
                let involved = self.involved(&appeal.decision_id);
                (which, claim(appeal, &involved, &PEOPLE[*by].into(), now).map(|(_, change)| vec![change]))
            }
            Command::Rule(which, by, is_overturned) => {
                let appeal = self.appeals.get(&self.decision_id(*which)?)?.clone();
                let involved = self.involved(&appeal.decision_id);
                let by = OperatorId::from(PEOPLE[*by]);
                let ruling = Ruling { is_overturned: *is_overturned, reasons: "seen".into(), by };
                let statement = self.statements.get(&appeal.decision_id);
                let account = (self.subject.account.clone(), &self.history);
                (
                    which,
                    decide(appeal, statement, account, &involved, ruling, now).map(|decided| {
                        self.subject.account = decided.account;
                        decided.changes
                    }),
                )
            }
            Command::Withdraw(which) => {
                let appeal = self.appeals.get(&self.decision_id(*which)?)?.clone();
                (which, withdraw(appeal).map(|(_, change)| vec![change]))
            }
            Command::SettleMoot(which) => {
                let appeal = self.appeals.get(&self.decision_id(*which)?)?.clone();
                if self.history.stands(&appeal.decision_id) {
                    return None;
                }
                (which, settle_moot(appeal, None, now))
            }
        };
        let _ = which;
        Some(changes.map(|changes| self.write(changes)))
    }

    fn check(&self) {
        assert_eq!(self.filed, self.appeals.len(), "once per decision");
        for decision in &self.history.decisions {
            let id = &decision.decision_id;
            let weighs = !matches!(decision.kind, DecisionKind::NoViolation | DecisionKind::Restore);
            assert_eq!(self.statements.contains_key(id), weighs);
            let Some(appeal) = self.appeals.get(id) else { continue };
            assert!(weighs);
            assert!(appeal.filed_at < self.statements[id].appeal_until);
            if let Some(claim) = &appeal.claim {
                assert_ne!(claim.operator_id, decision.decided_by);
            }
            let is_decided = matches!(appeal.status, AppealStatus::Upheld | AppealStatus::Overturned);
            assert_eq!(appeal.decided.is_some(), is_decided);
            assert_eq!(self.sent.contains(&format!("notice-{id}-appeal")), is_decided, "told of the outcome");
            if let Some(decided) = &appeal.decided {
                assert_ne!(decided.decided_by, decision.decided_by);
                assert!(!appeal.reasons.is_empty());
            }
            if appeal.status == AppealStatus::Overturned {
                assert!(!decision.stands());
                let ends = |sanction: &crate::accounts::Sanction| sanction.decision_id.as_ref() == Some(id);
                assert!(!self.subject.account.sanctions.iter().any(ends), "its sanctions ended");
            }
        }
    }
}

proptest! {
    #[test]
    fn any_sequence_of_commands_keeps_appeals_fair(commands in commands()) {
        let mut world = World::new();
        for command in &commands {
            let before = (world.appeals.clone(), world.history.clone(), world.sent.clone());
            if let Some(Err(_)) = world.run(command) {
                let after = (world.appeals.clone(), world.history.clone(), world.sent.clone());
                prop_assert_eq!(before, after);
            }
            world.check();
        }
    }
}

fn suspended_by_alice() -> World {
    let mut world = World::new();
    world.run(&Command::Decide(0, DecisionKind::Suspend));
    world
}

#[test]
fn the_first_decider_is_refused_and_another_restores_the_account() {
    let mut world = suspended_by_alice();
    assert!(matches!(world.run(&Command::File(0)), Some(Ok(()))));
    let refused = world.run(&Command::Claim(0, 0)).unwrap().unwrap_err();
    assert_eq!(refused, AppealRefusal::Involved { operator_id: "alice".into() }.into());
    world.run(&Command::Claim(0, 1)).unwrap().unwrap();
    let refused = world.run(&Command::Claim(0, 2)).unwrap().unwrap_err();
    assert!(matches!(refused, Refusal::Appeal(AppealRefusal::Claimed { .. })));
    world.run(&Command::Rule(0, 1, true)).unwrap().unwrap();
    assert!(world.subject.account.sanctions.is_empty());
    assert!(
        world.sent.contains("notice-c0-d-appeal") || world.sent.iter().any(|key| key.ends_with("-appeal"))
    );
}

#[test]
fn an_appeal_after_183_days_is_too_late_and_a_second_one_is_refused() {
    let mut world = suspended_by_alice();
    world.run(&Command::Wait(183 * 86_400));
    let refused = world.run(&Command::File(0)).unwrap().unwrap_err();
    assert!(matches!(refused, Refusal::Appeal(AppealRefusal::TooLate { .. })));
    world.now = world.now.plus_seconds(-1);
    world.run(&Command::File(0)).unwrap().unwrap();
    let refused = world.run(&Command::File(0)).unwrap().unwrap_err();
    assert!(matches!(refused, Refusal::Appeal(AppealRefusal::Filed { .. })));
}

#[test]
fn an_appeal_is_late_after_seven_days_and_an_alarm_once_after_fourteen() {
    let mut world = suspended_by_alice();
    world.run(&Command::File(0));
    let appeal = world.appeals.values().next().unwrap().clone();
    let after = |days: i64| appeal.filed_at.plus_seconds(days * 86_400);
    assert!(!appeal.is_late(after(6)) && appeal.is_late(after(7)));
    assert_eq!(mark_late(appeal.clone(), after(13)), None);
    let Some(Change::AppealMoved { appeal, verb }) = mark_late(appeal.clone(), after(14)) else { panic!() };
    assert_eq!(verb, "appeal.late");
    assert_eq!(mark_late(appeal, after(15)), None);
}
