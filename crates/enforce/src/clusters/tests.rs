//! Properties of cluster cases, under any order of commands on their members.

use super::*;
use crate::Refusal;
use crate::cases;
use crate::change::Change;
use crate::decisions::decide;
use crate::intake::{Arrival, Severities, Subject, take_in};
use cordon_model::case::{Case, CaseStatus};
use cordon_model::clock::Timestamp;
use cordon_model::cluster_case::{ClusterCase, ClusterMember, ClusterShare, ClusterStatus, NewClusterMember};
use cordon_model::decision::{DecisionKind, NewDecision};
use cordon_model::effect::Effect;
use cordon_model::entity::{Evidence, EvidenceGroup, Source};
use cordon_model::ids::{CaseId, EffectId, Offset, OperatorId};
use cordon_model::limits::{CLUSTER_CASE_MEMBERS_MAX, EVIDENCE_ROWS_MAX};
use cordon_model::policy::{Policy, PolicyRef, PolicyVersion, Severity};
use cordon_model::report::Report;
use proptest::prelude::*;
use std::collections::BTreeMap;

fn row(text: &str) -> Evidence {
    Evidence {
        group: EvidenceGroup::CoAction,
        entity_type: "object".into(),
        entity: None,
        terms: vec![("page1".into(), 4.0)],
        weight: 40.0,
        levels: Vec::new(),
        text: text.into(),
    }
}

fn cluster(accounts: &[&str]) -> NewClusterCase {
    let member = |account_id: &&str| NewClusterMember {
        account_id: (*account_id).into(),
        share: ClusterShare { belonging: 9.0, partners: 2, objects: 4 },
        evidence: Vec::new(),
    };
    NewClusterCase {
        kind: ClusterKind::Coordination,
        window_seconds: Some(60),
        weight: 80.0,
        density: 1.0,
        first: None,
        last: None,
        days: 4,
        members: accounts.iter().map(member).collect(),
        evidence: vec![row("4 objects shared within 60 s of each other on 4 days")],
    }
}

fn ana() -> OperatorId {
    "ana".into()
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

#[test]
fn the_same_members_kind_and_window_have_the_same_name_and_others_another() {
    let named = |new: &NewClusterCase| cluster_id(new);
    let one = cluster(&["a", "b", "c"]);
    assert_eq!(named(&one), named(&cluster(&["c", "a", "b"])));
    assert_eq!(named(&one).len(), NAME_DIGITS);
    let others = [
        cluster(&["a", "b"]),
        cluster(&["a", "b,c"]),
        NewClusterCase { window_seconds: Some(61), ..one.clone() },
        NewClusterCase { window_seconds: None, ..one.clone() },
        NewClusterCase { kind: ClusterKind::Seed, ..one.clone() },
    ];
    assert!(others.iter().all(|other| named(other) != named(&one)));
}

#[test]
fn a_cluster_without_members_evidence_or_a_name_behind_it_is_refused() {
    let attempt = |new: &NewClusterCase, by: OperatorId| {
        open(new, 1, |account_id| Subject::new(account_id.clone()), &by, Timestamp(5)).map(drop)
    };
    for (accounts, members) in [(vec!["a"], 1), (vec!["a", "b", "a"], 2)] {
        let refused = attempt(&cluster(&accounts), ana());
        assert_eq!(refused, Err(Refusal::ClusterMembersInvalid { members }));
    }
    let many: Vec<String> = (0..=CLUSTER_CASE_MEMBERS_MAX).map(|number| format!("a{number}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert!(matches!(attempt(&cluster(&many), ana()), Err(Refusal::ClusterMembersInvalid { .. })));
    assert_eq!(attempt(&cluster(&many[1..]), ana()), Ok(()));
    let unfounded = NewClusterCase { evidence: Vec::new(), ..cluster(&["a", "b"]) };
    assert_eq!(attempt(&unfounded, ana()), Err(Refusal::ClusterUnfounded));
    assert_eq!(attempt(&cluster(&["a", "b"]), " ".into()), Err(Refusal::DeciderMissing));
}

#[test]
fn an_open_case_keeps_its_own_rows_and_gets_the_shared_ones_behind_them() {
    let mut with_rows = Subject::new("a".into());
    let mut changes = Vec::new();
    let held: Vec<Evidence> = (0..EVIDENCE_ROWS_MAX).map(|number| row(&format!("held {number}"))).collect();
    let opened = open(&cluster(&["a", "b"]), 1, |id| Subject::new(id.clone()), &ana(), Timestamp(5)).unwrap();
    let mut case = opened.subjects[0].case.clone().unwrap();
    case.evidence = held.clone();
    with_rows.case = Some(case);
    for _ in 0..2 {
        let take = |id: &AccountId| {
            if id.as_str() == "a" { with_rows.clone() } else { Subject::new(id.clone()) }
        };
        let opened = open(&cluster(&["a", "b"]), 2, take, &ana(), Timestamp(6)).unwrap();
        with_rows = opened.subjects[0].clone();
        changes = opened.changes;
    }
    let rows = with_rows.case.unwrap().evidence;
    assert_eq!(rows.len(), EVIDENCE_ROWS_MAX);
    assert_eq!(rows[..EVIDENCE_ROWS_MAX - 1], held[..EVIDENCE_ROWS_MAX - 1]);
    assert!(rows.last().unwrap().text.starts_with("4 objects"));
    assert!(matches!(changes[1], Change::CaseMerged { .. }), "{changes:?}");
}

const ACCOUNTS: [&str; 4] = ["a", "b", "c", "d"];

#[derive(Clone, Debug)]
enum Command {
    Open,
    Report(usize),
    Erase(usize),
    ClaimCluster(u8),
    ClaimOne(u8, usize),
    Release(usize),
    /// Members by bits.
    DecideMembers(u8, u8, DecisionKind),
    DecideOne(usize, DecisionKind),
    Wait(i64),
}

fn commands() -> impl Strategy<Value = Command> {
    let kind = || prop::sample::select(DecisionKind::ALL.to_vec());
    prop_oneof![
        4 => Just(Command::Open),
        2 => (0usize..4).prop_map(Command::Report),
        1 => (0usize..4).prop_map(Command::Erase),
        6 => (0u8..2).prop_map(Command::ClaimCluster),
        2 => (0u8..2, 0usize..4).prop_map(|(by, place)| Command::ClaimOne(by, place)),
        1 => (0usize..4).prop_map(Command::Release),
        6 => (0u8..2, 1u8..16, kind()).prop_map(|(by, who, kind)| Command::DecideMembers(by, who, kind)),
        2 => (0usize..4, kind()).prop_map(|(place, kind)| Command::DecideOne(place, kind)),
        2 => prop::sample::select(vec![60, 901]).prop_map(Command::Wait),
    ]
}

/// The plainest record of some accounts and the reviews of one cluster.
#[derive(Default)]
struct World {
    subjects: BTreeMap<AccountId, Subject>,
    /// Cases that ended.
    ended: BTreeMap<CaseId, Case>,
    reviews: Vec<(ClusterCase, Vec<ClusterMember>)>,
    now: i64,
    effects: u64,
}

impl World {
    fn now(&self) -> Timestamp {
        Timestamp::from_seconds(1_000 + self.now)
    }

    fn subject(&self, place: usize) -> Subject {
        let id = AccountId::from(ACCOUNTS[place]);
        self.subjects.get(&id).cloned().unwrap_or_else(|| Subject::new(id))
    }

    fn is_open(&self) -> bool {
        self.reviews.last().is_some_and(|(review, _)| review.status == ClusterStatus::Open)
    }

    /// The case of a member, open or ended.
    fn case(&self, member: &ClusterMember) -> Option<Case> {
        let case_id = member.case_id.as_ref()?;
        let open = self.subjects.get(&member.account_id).and_then(|subject| subject.case.clone());
        open.filter(|case| case.case_id == *case_id).or_else(|| self.ended.get(case_id).cloned())
    }

    fn put(&mut self, mut subject: Subject) {
        if let Some(ended) = subject.case.take_if(|case| case.status != CaseStatus::Open) {
            self.ended.insert(ended.case_id.clone(), ended);
        }
        self.subjects.insert(subject.account.account_id.clone(), subject);
    }

    fn run(&mut self, command: &Command) {
        let acted = match command {
            Command::Wait(seconds) => {
                self.now += seconds;
                Vec::new()
            }
            Command::Open => self.open(),
            Command::Report(place) => self.take_in(*place, &report(ACCOUNTS[*place], self.now())),
            Command::Erase(place) => {
                self.take_in(*place, &Effect::Erased { account_id: ACCOUNTS[*place].into() })
            }
            Command::ClaimCluster(by) => self.claim(&operator(*by)),
            Command::ClaimOne(by, place) => {
                self.on_case(*place, |case, now| cases::claim(case, &operator(*by), now))
            }
            Command::Release(place) => self.on_case(*place, |case, now| {
                let held = case.claim.clone();
                let (claim_id, by) = held.map(|held| (held.claim_id, held.operator_id)).unwrap_or_default();
                cases::release(case, &claim_id, &by, now)
            }),
            Command::DecideOne(place, kind) => self.decide(&[*place], None, *kind),
            Command::DecideMembers(by, who, kind) => {
                let places: Vec<usize> = (0..4).filter(|place| who & (1 << place) != 0).collect();
                self.decide(&places, Some(&operator(*by)), *kind)
            }
        };
        let is_decision = matches!(command, Command::DecideOne(..) | Command::DecideMembers(..));
        let acts = |change: &Change| matches!(change, Change::ActionTaken(_) | Change::Queued(_));
        assert!(is_decision || !acted.iter().any(acts), "{command:?} acted without a decision");
        let (now, last) = (self.now(), self.reviews.last().cloned());
        if let Some((review, members)) = last.filter(|(review, _)| review.status == ClusterStatus::Open) {
            let statuses: Vec<_> =
                members.iter().filter_map(|one| self.case(one)).map(|case| case.status).collect();
            if close(&review.cluster_case_id, statuses, now).is_some() {
                self.reviews.last_mut().unwrap().0.status = ClusterStatus::Closed;
            }
        }
    }

    fn open(&mut self) -> Vec<Change> {
        if self.is_open() {
            return Vec::new();
        }
        let number = self.reviews.len() as u32 + 1;
        let take =
            |id: &AccountId| self.subjects.get(id).cloned().unwrap_or_else(|| Subject::new(id.clone()));
        let Ok(opened) = open(&cluster(&ACCOUNTS), number, take, &ana(), self.now()) else {
            return Vec::new();
        };
        opened.subjects.into_iter().for_each(|subject| self.put(subject));
        self.reviews.push((opened.cluster_case, opened.members));
        opened.changes
    }

    fn take_in(&mut self, place: usize, effect: &Effect) -> Vec<Change> {
        self.effects += 1;
        let effect_id = EffectId { offset: Offset(self.effects), ordinal: 0 };
        let severities = Severities::new();
        let arrival = Arrival { effect_id, effect, severities: &severities, now: self.now() };
        let (subject, changes) = take_in(self.subject(place), arrival);
        self.put(subject);
        changes
    }

    fn on_case(
        &mut self,
        place: usize,
        command: impl FnOnce(Case, Timestamp) -> Result<(Case, Vec<Change>), Refusal>,
    ) -> Vec<Change> {
        let subject = self.subject(place);
        let Some(case) = subject.case.clone() else { return Vec::new() };
        let Ok((case, changes)) = command(case, self.now()) else { return Vec::new() };
        self.put(Subject { case: Some(case), ..subject });
        changes
    }

    fn claim(&mut self, by: &OperatorId) -> Vec<Change> {
        let Some((review, members)) = self.reviews.last().cloned() else { return Vec::new() };
        let open = |case: &Case| case.status == CaseStatus::Open;
        let before: Vec<Case> = members.iter().filter_map(|one| self.case(one)).filter(open).collect();
        let Ok(claimed) = claim(&review, before.clone(), by, self.now()) else { return Vec::new() };
        let lease = &claimed.lease;
        assert_eq!(lease.claimed.len() + lease.held.len(), before.len());
        assert!(lease.held.iter().all(|(_, holder)| holder != by));
        for case in &claimed.cases {
            let was = before.iter().find(|one| one.case_id == case.case_id).unwrap();
            assert!(
                was.claim_at(self.now()).is_none_or(|held| held.operator_id == *by),
                "taken from another"
            );
            assert_eq!(case.claim.as_ref(), Some(&lease.claim));
        }
        for case in claimed.cases {
            let subject = self.subjects[&case.account_id].clone();
            self.put(Subject { case: Some(case), ..subject });
        }
        for change in &claimed.changes {
            if let Change::ClusterCaseClaimed { claim_count, .. } = change {
                self.reviews.last_mut().unwrap().0.claim_count = *claim_count;
            }
        }
        claimed.changes
    }

    /// Decides members at once, all or none; by whoever holds the case where nobody is named.
    fn decide(&mut self, places: &[usize], by: Option<&OperatorId>, kind: DecisionKind) -> Vec<Change> {
        let Some((review, members)) = self.reviews.last().cloned() else { return Vec::new() };
        let cases: Vec<Case> = places.iter().filter_map(|place| self.case(&members[*place])).collect();
        let new: Vec<NewDecision> = cases.iter().map(|case| new_decision(case, by, kind)).collect();
        if check_decisions(&review.cluster_case_id, &members, &new).is_err() {
            return Vec::new();
        }
        let (mut subjects, mut all) = (Vec::new(), Vec::new());
        for (case, new) in cases.into_iter().zip(new) {
            let account_id = case.account_id.clone();
            let subject = Subject { case: Some(case), ..self.subjects[&account_id].clone() };
            let Ok((subject, changes)) = decide(subject, Some(&policy()), new, self.now()) else {
                return Vec::new();
            };
            let made = changes.iter().filter(|change| matches!(change, Change::DecisionMade(_))).count();
            assert_eq!(made, 1, "each account has a decision of its own");
            subjects.push(subject);
            all.extend(changes);
        }
        subjects.into_iter().for_each(|subject| self.put(subject));
        all
    }
}

fn operator(number: u8) -> OperatorId {
    OperatorId(format!("operator{number}"))
}

fn report(account_id: &str, now: Timestamp) -> Effect {
    Effect::Report(Report {
        entry_id: "e".into(),
        account_id: account_id.into(),
        item_id: None,
        policy_id: None,
        text: None,
        reporter_id: None,
        source: Source::Partner,
        received_at: now,
        is_subject_known: true,
    })
}

fn new_decision(case: &Case, by: Option<&OperatorId>, kind: DecisionKind) -> NewDecision {
    let held = case.claim.as_ref();
    let holder = held.map(|held| held.operator_id.clone()).unwrap_or_default();
    NewDecision {
        case_id: case.case_id.clone(),
        claim_id: held.map(|held| held.claim_id.clone()).unwrap_or_default(),
        decided_by: by.cloned().unwrap_or(holder),
        decided_as: cordon_model::operator::Role::Lead,
        kind,
        policy: PolicyRef { policy_id: "spam".into(), version: PolicyVersion(1) },
        evidence: vec![row("seen")],
        rationale: "they post the same".into(),
        automation: Default::default(),
        label: Some("spam".into()),
        days: None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_review_is_open_exactly_while_a_members_case_is(all in prop::collection::vec(commands(), 1..60)) {
        let mut world = World::default();
        for command in &all {
            world.run(command);
            let mut ids = std::collections::BTreeSet::new();
            for (review, members) in &world.reviews {
                prop_assert!(ids.insert(review.cluster_case_id.clone()));
                let cases: Vec<Case> = members.iter().filter_map(|one| world.case(one)).collect();
                let known = members.iter().filter(|one| one.case_id.is_some()).count();
                prop_assert_eq!(cases.len(), known, "no member's case is lost");
                let any_open = cases.iter().any(|case| case.status == CaseStatus::Open);
                prop_assert_eq!(any_open, review.status == ClusterStatus::Open);
                for case in &cases {
                    prop_assert_eq!(case.decision_id.is_some(), case.status == CaseStatus::Decided);
                }
            }
        }
    }
}
