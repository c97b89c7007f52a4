//! What holds of any sequence of commands on a batch, and the figures of the sample.

use super::*;
use crate::Refusal;
use crate::change::Change;
use crate::decisions::{History, overturn};
use crate::intake::Subject;
use cordon_model::account::Standing;
use cordon_model::action::ActionKind;
use cordon_model::batch::{Member, MemberStatus, NewBatch, NewMember};
use cordon_model::clock::Timestamp;
use cordon_model::decision::{DecisionKind, Overturn};
use cordon_model::entity::Source;
use cordon_model::ids::AccountId;
use cordon_model::policy::{Policy, PolicyVersion, Severity};
use proptest::prelude::*;
use std::collections::BTreeMap;

const PEOPLE: [(&str, Role); 4] =
    [("proposer", Role::Lead), ("judge", Role::Reviewer), ("lead", Role::Lead), ("admin", Role::Admin)];

fn person(number: usize) -> Operator {
    let (name, role) = PEOPLE[number % PEOPLE.len()];
    Operator { operator_id: name.into(), display_name: name.into(), role, is_disabled: false }
}

fn policy() -> Policy {
    Policy {
        policy_id: "spam".into(),
        version: PolicyVersion(1),
        title: "Spam".into(),
        text: "No spam.".into(),
        severity: Severity::Low,
        strike_weight: 0,
        strike_days: None,
        is_retired: false,
    }
}

fn new_batch(count: usize, kind: DecisionKind, language: impl Fn(usize) -> Option<&'static str>) -> NewBatch {
    let member = |number: usize| NewMember {
        account_id: format!("a{number:04}").as_str().into(),
        source: Some(Source::Bank),
        language: language(number).map(str::to_owned),
        evidence: Some("posted the same".into()),
    };
    NewBatch {
        batch_id: "b".into(),
        kind,
        label: Some("spam".into()),
        days: None,
        policy: policy().reference(),
        rationale: "one campaign".into(),
        error_max: None,
        accounts: (0..count).map(member).collect(),
        proposed_by: "proposer".into(),
        seed: 5,
    }
}

fn known(count: usize) -> BTreeMap<AccountId, Subject> {
    let id = |number: usize| AccountId(format!("a{number:04}"));
    (0..count).map(|number| (id(number), Subject::new(id(number)))).collect()
}

fn proposed(new: NewBatch) -> Proposal {
    let known = known(new.accounts.len());
    propose(new, Some(&policy()), &known, Timestamp(0)).unwrap()
}

#[test]
fn a_sample_without_errors_is_as_large_as_its_bound_demands() {
    // ln 0.05 / ln 0.99 = 298.07: with 298 the bound is 1.0002 %.
    assert_eq!(sample_size(10_000, 0, 0.01, 1), 299);
    assert_eq!(sample_size(20_000, 0, 0.001, 1), 2_995);
    assert_eq!(sample_size(10_000, 1, 0.01, 1), 473);
    assert_eq!(sample_size(200, 0, 0.01, 1), 200, "no more than there are");
    assert_eq!(sample_size(30, 0, 0.05, 1), 30, "so few are judged as a whole");
    assert_eq!(sample_size(31, 0, 0.05, 1), 31);
    assert_eq!(sample_size(100, 0, 0.05, 1), 59);
    assert!(sample_size(10_000, 0, 0.01, 2) > 299, "a second look must say more");
}

#[test]
fn every_stratum_is_sampled_by_itself_and_small_ones_are_pooled() {
    let language = |number| match number {
        0..600 => Some("aa"),
        600..1_000 => Some("bb"),
        1_000..1_020 => Some("cc"),
        _ => None,
    };
    let Proposal { batch, members, .. } = proposed(new_batch(1_030, DecisionKind::Suspend, language));
    let strata: Vec<_> = batch.strata.iter().map(|of| (of.name.as_str(), of.members, of.sampled)).collect();
    assert_eq!(strata, [("bank/aa", 600, 299), ("bank/bb", 400, 299), ("rest", 30, 30)]);
    let sampled = |name: &str| members.iter().filter(|one| one.is_sampled && one.stratum == name).count();
    assert_eq!((sampled("bank/aa"), sampled("bank/bb"), sampled("rest")), (299, 299, 30));
    let other = proposed(NewBatch { seed: 6, ..new_batch(1_030, DecisionKind::Suspend, language) });
    assert_eq!(other.batch.list_hash, batch.list_hash);
    assert_ne!(other.members, members, "another seed draws others");
}

#[test]
fn the_hash_is_of_the_list_the_kind_and_the_policy_in_any_order() {
    let hash = |new: NewBatch| proposed(new).batch.list_hash;
    let new = || new_batch(5, DecisionKind::Suspend, |_| None);
    let mut turned = new();
    turned.accounts.reverse();
    assert_eq!(hash(turned), hash(new()));
    assert_ne!(hash(new_batch(4, DecisionKind::Suspend, |_| None)), hash(new()));
    assert_ne!(hash(NewBatch { days: Some(30), ..new() }), hash(new()), "an approval is for so many days");
    assert_ne!(hash(new_batch(5, DecisionKind::Warn, |_| None)), hash(new()));
    let label =
        |label: &str| NewBatch { label: Some(label.into()), ..new_batch(5, DecisionKind::Label, |_| None) };
    assert_ne!(hash(label("spam")), hash(label("bot")));
}

#[test]
fn a_finding_is_held_against_the_decision_by_what_weighs_on_the_account() {
    assert!(is_wrong(DecisionKind::Suspend, DecisionKind::Warn));
    assert!(is_wrong(DecisionKind::Warn, DecisionKind::NoViolation));
    assert!(!is_wrong(DecisionKind::Warn, DecisionKind::Suspend), "milder than deserved wrongs nobody");
    assert!(is_wrong(DecisionKind::Restore, DecisionKind::Warn));
    assert!(!is_wrong(DecisionKind::NoViolation, DecisionKind::Restore));
}

#[test]
fn a_proposal_that_cannot_be_says_what_to_mend() {
    let says =
        |new: NewBatch| propose(new, Some(&policy()), &known(5), Timestamp(0)).unwrap_err().to_string();
    let new = || new_batch(5, DecisionKind::Suspend, |_| None);
    assert!(says(NewBatch { accounts: Vec::new(), ..new() }).contains("1 to 20000 accounts, not 0"));
    assert!(says(NewBatch { error_max: Some(0.2), ..new() }).contains("0.05 at most"));
    assert!(says(NewBatch { error_max: Some(f64::NAN), ..new() }).contains("0.05 at most"));
    assert!(says(NewBatch { rationale: " ".into(), ..new() }).contains("a reason has"));
    assert!(says(NewBatch { kind: DecisionKind::Terminate, ..new() }).contains("one by one"));
    let unlabelled = NewBatch { label: None, ..new_batch(5, DecisionKind::Label, |_| None) };
    assert!(says(unlabelled).contains("needs a label"));
    let retired = Policy { is_retired: true, ..policy() };
    let refused = propose(new(), Some(&retired), &known(5), Timestamp(0));
    assert!(matches!(refused, Err(Refusal::PolicyUnknown { .. })));
}

#[derive(Clone, Debug)]
enum Command {
    Judge(usize, DecisionKind),
    JudgeRest,
    Enlarge,
    Revise(usize),
    Approve(usize, bool),
    Start(usize),
    Pause,
    Work(usize),
    Protect(usize),
    OverturnOne(usize),
    TakeBack(usize),
}

fn commands() -> impl Strategy<Value = Command> {
    let who = || 0usize..PEOPLE.len();
    let finding = prop::sample::select(vec![DecisionKind::Suspend, DecisionKind::NoViolation]);
    prop_oneof![
        2 => (who(), finding).prop_map(|(who, finding)| Command::Judge(who, finding)),
        5 => Just(Command::JudgeRest),
        1 => Just(Command::Enlarge),
        1 => (20usize..50).prop_map(Command::Revise),
        5 => (who(), prop::bool::weighted(0.8)).prop_map(|(who, is_right)| Command::Approve(who, is_right)),
        5 => who().prop_map(Command::Start),
        1 => Just(Command::Pause),
        6 => (1usize..20).prop_map(Command::Work),
        1 => (0usize..50).prop_map(Command::Protect),
        1 => (0usize..50).prop_map(Command::OverturnOne),
        2 => who().prop_map(Command::TakeBack),
    ]
}

/// A record of one batch, the plainest that can be.
struct World {
    batch: Batch,
    members: Vec<Member>,
    subjects: BTreeMap<AccountId, Subject>,
    histories: BTreeMap<AccountId, History>,
    judges: Vec<OperatorId>,
    now: Timestamp,
}

impl World {
    fn new() -> Self {
        let subjects = known(50);
        let Proposal { batch, members, .. } = proposed(new_batch(40, DecisionKind::Suspend, |_| None));
        Self { batch, members, subjects, histories: BTreeMap::new(), judges: Vec::new(), now: Timestamp(0) }
    }

    fn hash(&self) -> String {
        let ids = self.members.iter().map(|member| member.account_id.as_str());
        list_hash(&self.batch, ids)
    }

    /// Runs a command; one that is refused changes nothing.
    fn run(&mut self, command: &Command) -> Result<(), Refusal> {
        self.now.0 += 1;
        let batch = self.batch.clone();
        match command {
            Command::Judge(who, finding) => self.judge_next(&person(*who).operator_id, *finding)?,
            Command::JudgeRest => while self.judge_next(&"judge".into(), DecisionKind::Suspend).is_ok() {},
            Command::Enlarge => {
                self.batch = draw_more(batch, &"lead".into())?.0;
                let drawn = draw(&self.batch, &self.members);
                self.members.iter_mut().for_each(|one| one.is_sampled = drawn.contains(&one.place));
            }
            Command::Revise(count) => {
                let new = new_batch(*count, DecisionKind::Suspend, |_| None);
                let proposal = revise(&batch, new, Some(&policy()), &self.subjects, self.now)?;
                let is_member = |one: &Member| one.status != MemberStatus::LeftOut;
                self.members = proposal.members.into_iter().filter(is_member).collect();
                self.batch = proposal.batch;
                self.judges.clear();
            }
            Command::Approve(who, is_right) => {
                let named = if *is_right { self.hash() } else { "0".repeat(64) };
                self.batch = approve(batch, &named, &self.hash(), &person(*who), self.now)?.0;
            }
            Command::Start(who) => {
                let usage = (&Brakes::default(), Usage::default());
                self.batch = start(batch, &self.hash(), &person(*who), usage, None, self.now)?.0;
            }
            Command::Pause => self.batch = pause(batch, &"judge".into(), "wait", self.now)?.0,
            Command::Work(most) => self.work(*most),
            Command::Protect(number) => {
                let subject = self.subjects.values_mut().nth(*number);
                subject.into_iter().for_each(|subject| subject.account.is_protected = true);
            }
            Command::OverturnOne(number) => self.overturn_one(*number)?,
            Command::TakeBack(who) => {
                let begun = take_back(batch, &person(*who), "wrong list", self.now)?.0;
                self.batch = finish_if_over(begun).0;
            }
        }
        Ok(())
    }

    fn judge_next(&mut self, by: &OperatorId, finding: DecisionKind) -> Result<(), Refusal> {
        let open = |one: &&mut Member| one.is_sampled && one.judgement.is_none();
        let unknown = BatchRefusal::NothingToDraw;
        let member = self.members.iter_mut().find(open).ok_or(unknown)?;
        let (batch, judged, _) = judge(self.batch.clone(), member.clone(), finding, by, self.now)?;
        *member = judged;
        self.batch = batch;
        self.judges.push(by.clone());
        Ok(())
    }

    fn work(&mut self, most: usize) {
        let next = match self.batch.status {
            BatchStatus::Running => MemberStatus::Waiting,
            BatchStatus::TakingBack => MemberStatus::Done,
            _ => return,
        };
        let places: Vec<usize> =
            (0..self.members.len()).filter(|place| self.members[*place].status == next).take(most).collect();
        for place in places {
            let member = self.members[place].clone();
            let subject = self.subjects[&member.account_id].clone();
            let outcome = if next == MemberStatus::Waiting {
                carry_out(&self.batch, member, subject, Some(&policy()), self.now).unwrap()
            } else {
                let history = self.histories.get(&member.account_id).cloned().unwrap_or_default();
                take_back_member(&self.batch, member, subject, &history).unwrap()
            };
            let progress = &mut self.batch.progress;
            match outcome.member.status {
                MemberStatus::Done => progress.done += 1,
                MemberStatus::PassedOver => progress.passed_over += 1,
                _ => progress.taken_back += 1,
            }
            self.keep(&outcome.changes);
            self.subjects.insert(outcome.subject.account.account_id.clone(), outcome.subject);
            self.members[place] = outcome.member;
        }
        self.batch = finish_if_over(self.batch.clone()).0;
    }

    fn overturn_one(&mut self, number: usize) -> Result<(), Refusal> {
        let Some(subject) = self.subjects.values().nth(number).cloned() else { return Ok(()) };
        let Some(history) = self.histories.get(&subject.account.account_id) else { return Ok(()) };
        let decision_id = history.decisions[0].decision_id.clone();
        let how = Overturn { overturned_by: "lead".into(), overturned_at: self.now, reason: "appeal".into() };
        let (account, changes) = overturn(subject.account, history, &decision_id, how)?;
        self.keep(&changes);
        let account_id = account.account_id.clone();
        self.subjects.get_mut(&account_id).unwrap().account = account;
        self.batch = overturned_elsewhere(self.batch.clone(), self.now).0;
        Ok(())
    }

    fn keep(&mut self, changes: &[Change]) {
        for change in changes {
            match change {
                Change::DecisionMade(decision) => {
                    let history = self.histories.entry(decision.account_id.clone()).or_default();
                    history.decisions.push(decision.clone());
                }
                Change::ActionTaken(action) => {
                    self.histories.get_mut(&action.account_id).unwrap().actions.push(action.clone());
                }
                Change::DecisionOverturned { account_id, overturn, .. } => {
                    self.histories.get_mut(account_id).unwrap().decisions[0].overturn =
                        Some(overturn.clone());
                }
                _ => {}
            }
        }
    }

    fn check(&self) -> Result<(), TestCaseError> {
        let batch = &self.batch;
        prop_assert!(!self.judges.contains(&"proposer".into()));
        let count = |status| self.members.iter().filter(|one| one.status == status).count() as u64;
        let (done, back) = (count(MemberStatus::Done), count(MemberStatus::TakenBack));
        prop_assert_eq!(batch.progress.done, done + back);
        prop_assert_eq!(batch.progress.taken_back, back);
        prop_assert_eq!(batch.progress.passed_over, count(MemberStatus::PassedOver));
        let is_beyond_approval = batch.status >= BatchStatus::Approved;
        prop_assert_eq!(batch.approval.is_some(), is_beyond_approval, "{:?}", batch.status);
        if let Some(approval) = &batch.approval {
            prop_assert_ne!(&approval.approved_by, &batch.proposed_by);
            prop_assert_eq!(&approval.list_hash, &self.hash());
            prop_assert!(assess(batch).is_within);
        } else {
            prop_assert_eq!(self.histories.len(), 0, "nothing is decided without approval");
        }
        for member in &self.members {
            self.check_member(member)?;
        }
        Ok(())
    }

    fn check_member(&self, member: &Member) -> Result<(), TestCaseError> {
        let history = self.histories.get(&member.account_id).cloned().unwrap_or_default();
        let standing = self.subjects[&member.account_id].account.standing;
        let sanctions = history.actions.iter().filter(|action| action.kind == ActionKind::Suspend).count();
        match member.status {
            MemberStatus::Done | MemberStatus::TakenBack => {
                prop_assert_eq!((history.decisions.len(), sanctions), (1, 1), "exactly once");
                let decision = &history.decisions[0];
                prop_assert_eq!(Some(&decision.decision_id), member.decision_id.as_ref());
                prop_assert_eq!(&decision.decided_by, &self.batch.proposed_by);
                prop_assert!(!decision.evidence.is_empty());
                prop_assert!(member.judgement.as_ref().is_none_or(|judgement| !judgement.is_wrong));
                prop_assert_eq!(standing == Standing::Suspended, decision.stands());
                if member.status == MemberStatus::TakenBack {
                    prop_assert!(!decision.stands());
                }
            }
            _ => {
                prop_assert!(history.decisions.is_empty() && history.actions.is_empty());
                prop_assert_eq!(standing, Standing::Unjudged);
            }
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn any_sequence_of_commands_keeps_a_batch_lawful(commands in prop::collection::vec(commands(), 1..60)) {
        let mut world = World::new();
        for command in &commands {
            // Refused or not: what must hold holds afterwards.
            let before = world.batch.clone();
            if world.run(command).is_err() {
                prop_assert_eq!(&world.batch, &before);
            }
            world.check()?;
        }
    }
}
