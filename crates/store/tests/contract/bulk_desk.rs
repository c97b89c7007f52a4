//! Clauses of `BulkDesk`.

use crate::fixtures::{alice, at, bob, commit, judge, policy, put_policy, report};
use crate::{Backend, Ports};
use cordon_enforce::Refusal;
use cordon_enforce::bulk::{BatchRefusal, Brakes, assess};
use cordon_enforce::outbox::OutboxKind;
use cordon_enforce::ports::{AuditLog, BulkDesk, CaseDesk, Outbox, Policies, StoreError};
use cordon_model::account::Standing;
use cordon_model::batch::{Batch, BatchStatus, LeftOut, MemberStatus, NewBatch, NewMember};
use cordon_model::decision::DecisionKind;
use cordon_model::effect::Effect;
use cordon_model::entity::Source;
use cordon_model::ids::{AccountId, BatchId, OperatorId};
use cordon_model::limits::BATCH_SLICE_MAX;
use cordon_model::operator::{Operator, Role};
use cordon_model::policy::{Policy, PolicyRef, PolicyVersion};
use std::time::Duration;

fn refusal<T: std::fmt::Debug>(result: Result<T, StoreError>) -> BatchRefusal {
    match result {
        Err(StoreError::Refused(Refusal::Batch(refusal))) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

fn operator(name: &str, role: Role) -> Operator {
    Operator { operator_id: name.into(), display_name: name.into(), role, is_disabled: false }
}

fn proposer() -> Operator {
    operator("alice", Role::Reviewer)
}

fn lead() -> Operator {
    operator("bob", Role::Lead)
}

fn judge_name() -> OperatorId {
    "carol".into()
}

pub(crate) fn b1() -> BatchId {
    "b1".into()
}

pub(crate) fn names(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("m{number:05}")).collect()
}

fn new_batch(names: &[String]) -> NewBatch {
    let member = |name: &String| NewMember {
        account_id: name.as_str().into(),
        source: None,
        language: None,
        evidence: Some("member of a ring".into()),
    };
    NewBatch {
        batch_id: b1(),
        kind: DecisionKind::Suspend,
        label: None,
        days: None,
        policy: PolicyRef { policy_id: "terrorism".into(), version: PolicyVersion(1) },
        rationale: "one campaign".into(),
        error_max: None,
        accounts: names.iter().map(member).collect(),
        proposed_by: alice(),
        seed: 7,
    }
}

/// A record that knows `names`, every other one by an open case.
async fn known<R: Ports>(record: &R, names: &[String]) {
    put_policy(record).await;
    commit(record, names.iter().map(|name| report(name, Source::User, 1)).collect(), 1).await;
    for name in names.iter().skip(1).step_by(2).take(20) {
        judge(record, name, DecisionKind::NoViolation, 2).await;
    }
}

async fn judge_all<R: Ports>(record: &R, finding: DecisionKind) -> Batch {
    loop {
        let members = record.list_unjudged(&b1(), 500).await.unwrap();
        if members.is_empty() {
            return record.fetch_batch(&b1()).await.unwrap().unwrap();
        }
        for member in members {
            record.judge_member(&b1(), &member.account_id, finding, &judge_name(), at(20)).await.unwrap();
        }
    }
}

/// A batch over `names` that a lead has approved.
async fn approved<R: Ports>(record: &R, names: &[String]) -> Batch {
    known(record, names).await;
    let batch = record.propose_batch(new_batch(names), at(10)).await.unwrap();
    let judged = judge_all(record, DecisionKind::Suspend).await;
    assert_eq!(judged.status, BatchStatus::Passed, "{:?}", assess(&judged));
    record.approve_batch(&b1(), &batch.list_hash, &lead(), at(30)).await.unwrap()
}

/// A batch over `names` that is carried out.
pub(crate) async fn carried_out<R: Ports>(record: &R, names: &[String]) -> Batch {
    approved(record, names).await;
    start(record).await;
    work_off(record, 41).await
}

async fn start<R: Ports>(record: &R) -> Batch {
    record.start_batch(&b1(), &proposer(), &Brakes::default(), None, at(40)).await.unwrap()
}

async fn work_off<R: Ports>(record: &R, seconds: i64) -> Batch {
    loop {
        let batch = record.work_slice(&b1(), at(seconds)).await.unwrap();
        if !batch.status.is_under_way() {
            return batch;
        }
    }
}

pub(crate) async fn a_proposal_names_what_it_leaves_out<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    let mut names = names(6);
    known(&record, &names).await;
    record.set_protected(&"m00002".into(), true, &bob(), at(3)).await.unwrap();
    record.place_legal_hold(&"m00004".into(), &bob(), "court order 5", at(3)).await.unwrap();
    record.judge_suspended("m00000").await;
    names.push("nobody".into());
    names.push("m00003".into());
    let batch = record.propose_batch(new_batch(&names), at(10)).await.unwrap();
    assert_eq!((batch.member_count, batch.left_out_count, batch.status), (3, 4, BatchStatus::Sampling));
    let left = record.list_members(&b1(), MemberStatus::LeftOut, None).await.unwrap();
    let left: Vec<_> =
        left.iter().map(|member| (member.account_id.as_str(), member.reason.unwrap())).collect();
    let expected = [
        ("m00000", LeftOut::AlreadySo),
        ("m00002", LeftOut::Protected),
        ("m00004", LeftOut::LegalHold),
        ("nobody", LeftOut::Unknown),
    ];
    assert_eq!(left, expected);
    assert_eq!(record.list_unjudged(&b1(), 500).await.unwrap().len(), 3, "so few are judged as a whole");
    assert!(matches!(
        refusal(record.propose_batch(new_batch(&names), at(11)).await),
        BatchRefusal::Taken { .. }
    ));
    let nobody = NewBatch { batch_id: "b2".into(), ..new_batch(&["nobody".to_owned()]) };
    assert!(matches!(refusal(record.propose_batch(nobody, at(11)).await), BatchRefusal::Invalid { .. }));
    assert!(record.fetch_batch(&"b2".into()).await.unwrap().is_none());
}

trait Suspending {
    async fn judge_suspended(&self, account_id: &str);
}

impl<R: Ports> Suspending for R {
    async fn judge_suspended(&self, account_id: &str) {
        judge(self, account_id, DecisionKind::Suspend, 3).await;
    }
}

pub(crate) async fn the_proposer_neither_judges_nor_approves<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    known(&record, &names(4)).await;
    let batch = record.propose_batch(new_batch(&names(4)), at(10)).await.unwrap();
    let suspend = DecisionKind::Suspend;
    let own = record.judge_member(&b1(), &"m00000".into(), suspend, &alice(), at(11)).await;
    assert!(matches!(refusal(own), BatchRefusal::SamePerson { .. }));
    let early = record.approve_batch(&b1(), &batch.list_hash, &lead(), at(12)).await;
    assert!(matches!(refusal(early), BatchRefusal::Status { status: "sampling", .. }));
    judge_all(&record, suspend).await;
    let again = record.judge_member(&b1(), &"m00000".into(), suspend, &judge_name(), at(11)).await;
    assert!(matches!(refusal(again), BatchRefusal::Status { status: "passed", .. }));
    let own = record.approve_batch(&b1(), &batch.list_hash, &operator("alice", Role::Admin), at(13)).await;
    assert!(matches!(refusal(own), BatchRefusal::SamePerson { .. }));
    let reviewer =
        record.approve_batch(&b1(), &batch.list_hash, &operator("carol", Role::Reviewer), at(13)).await;
    assert!(matches!(refusal(reviewer), BatchRefusal::Role { .. }));
    let unapproved = record.start_batch(&b1(), &proposer(), &Brakes::default(), None, at(14)).await;
    assert!(matches!(refusal(unapproved), BatchRefusal::Status { status: "passed", .. }));
    assert_eq!(record.work_slice(&b1(), at(15)).await.unwrap().status, BatchStatus::Passed);
    assert_eq!(backend.count("actions").await, 0);
    let approved = record.approve_batch(&b1(), &batch.list_hash, &lead(), at(16)).await.unwrap();
    assert_eq!(approved.approval.unwrap().approved_by, bob());
}

pub(crate) async fn a_sample_with_too_many_errors_refuses_the_batch_and_may_be_enlarged<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    let names = names(1_200);
    put_policy(&record).await;
    commit(&record, names.iter().map(|name| report(name, Source::User, 1)).collect(), 1).await;
    record.propose_batch(new_batch(&names), at(10)).await.unwrap();
    let sample = record.list_unjudged(&b1(), 500).await.unwrap();
    assert_eq!(sample.len(), 299);
    let first = &sample[0].account_id;
    record.judge_member(&b1(), first, DecisionKind::Warn, &judge_name(), at(11)).await.unwrap();
    let batch = judge_all(&record, DecisionKind::Suspend).await;
    assert_eq!(batch.status, BatchStatus::Refused);
    let found = assess(&batch);
    assert_eq!((found.judged, found.wrong, found.is_within), (299, 1, false));
    assert!(found.bound > 0.0157 && found.bound < 0.0159, "{}", found.bound);
    let larger = record.enlarge_sample(&b1(), &bob(), at(21)).await.unwrap();
    assert_eq!(larger.status, BatchStatus::Sampling);
    let more = record.list_unjudged(&b1(), 500).await.unwrap();
    assert_eq!(more.len() as u64, larger.strata[0].sampled - 299);
    assert!(more.iter().all(|member| sample.iter().all(|old| old.account_id != member.account_id)));
    let batch = judge_all(&record, DecisionKind::Suspend).await;
    assert_eq!(batch.status, BatchStatus::Passed);
    record.approve_batch(&b1(), &batch.list_hash, &lead(), at(30)).await.unwrap();
    start(&record).await;
    let done = work_off(&record, 50).await;
    assert_eq!((done.progress.done, done.progress.passed_over), (1_199, 1));
    let spared = record.list_members(&b1(), MemberStatus::PassedOver, None).await.unwrap();
    assert_eq!((&spared[0].account_id, spared[0].reason), (first, Some(LeftOut::FoundWrong)));
}

pub(crate) async fn an_approval_is_bound_to_the_list<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    let all = names(6);
    let batch = approved(&record, &all).await;
    let fewer = record.revise_batch(new_batch(&all[..5]), at(31)).await.unwrap();
    assert_ne!(fewer.list_hash, batch.list_hash);
    assert_eq!((fewer.status, fewer.approval), (BatchStatus::Sampling, None));
    assert_eq!(record.list_unjudged(&b1(), 500).await.unwrap().len(), 5, "what was judged is void");
    let other = NewBatch { proposed_by: bob(), ..new_batch(&all) };
    assert!(matches!(refusal(record.revise_batch(other, at(32)).await), BatchRefusal::Role { .. }));
    judge_all(&record, DecisionKind::Suspend).await;
    let old = record.approve_batch(&b1(), &batch.list_hash, &lead(), at(33)).await;
    assert!(matches!(refusal(old), BatchRefusal::ListChanged { .. }));
    record.approve_batch(&b1(), &fewer.list_hash, &lead(), at(34)).await.unwrap();
    backend
        .tamper("UPDATE batch_members SET account_id = 'm00005' WHERE account_id = 'm00000'")
        .await
        .unwrap();
    let changed = record.start_batch(&b1(), &proposer(), &Brakes::default(), None, at(35)).await;
    assert!(matches!(refusal(changed), BatchRefusal::ListChanged { .. }));
    assert_eq!(backend.count("actions").await, 0);
}

pub(crate) async fn every_member_is_decided_exactly_once_wherever_the_process_dies<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    let count = BATCH_SLICE_MAX + 100;
    let names = names(count);
    approved(&record, &names).await;
    start(&record).await;
    let before = backend.count("decisions").await;
    // Given up in the middle, again and again: what a process leaves that is killed there.
    for micros in [1, 500, 2_000, 8_000, 20_000, 60_000] {
        let wait = Duration::from_micros(micros);
        let _ = tokio::time::timeout(wait, record.work_slice(&b1(), at(50))).await;
        let batch = record.fetch_batch(&b1()).await.unwrap().unwrap();
        assert_eq!(backend.count("decisions").await - before, batch.progress.done as i64);
    }
    drop(record);
    let record = backend.open().await;
    assert_eq!(record.list_under_way().await.unwrap().len() as i64, 1.min(count as i64));
    record.work_slice(&b1(), at(51)).await.unwrap();
    drop(record);
    let record = backend.open().await;
    let done = work_off(&record, 52).await;
    assert_eq!((done.status, done.progress.done), (BatchStatus::Done, count as u64));
    let decided = backend.count("decisions").await - before;
    let actions = backend.count("actions WHERE kind = 'suspend'").await;
    let told = backend.count("outbox WHERE kind = 'webhook' AND payload LIKE '%action.suspend%'").await;
    assert_eq!((decided, actions, told), (count as i64, count as i64, count as i64));
    assert_eq!(backend.count("accounts WHERE standing = 'suspended'").await, count as i64);
    assert_eq!(backend.count("cases WHERE status = 'open'").await, 0);
    let history = record.fetch_history(&"m00003".into()).await.unwrap();
    let decision = history.decisions.last().unwrap();
    assert_eq!((&decision.decided_by, decision.evidence.len()), (&alice(), 1));
    assert_eq!(decision.automation.name(), "partially_automated");
    assert!(record.list_queues().await.unwrap().iter().all(|queue| queue.open_count == 0));
    assert!(record.verify_audit(None).await.unwrap().is_ok());
    assert_eq!(record.work_slice(&b1(), at(60)).await.unwrap(), done, "what is done stays as it is");
}

pub(crate) async fn a_batch_taken_back_restores_every_account_and_what_was_learned<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    let count = BATCH_SLICE_MAX + 20;
    let names = names(count);
    approved(&record, &names).await;
    start(&record).await;
    record.work_slice(&b1(), at(50)).await.unwrap();
    let one = record.fetch_history(&"m00000".into()).await.unwrap();
    record.overturn(&one.decisions[0].decision_id, &bob(), "an appeal", at(51)).await.unwrap();
    work_off(&record, 52).await;
    let reviewer = record.take_back_batch(&b1(), &proposer(), "wrong list", at(53)).await;
    assert!(matches!(refusal(reviewer), BatchRefusal::Role { .. }));
    record.take_back_batch(&b1(), &lead(), "wrong list", at(54)).await.unwrap();
    for micros in [1, 2_000, 10_000, 40_000] {
        let _ = tokio::time::timeout(Duration::from_micros(micros), record.work_slice(&b1(), at(55))).await;
    }
    drop(record);
    let record = backend.open().await;
    let back = work_off(&record, 56).await;
    assert_eq!((back.status, back.progress.taken_back), (BatchStatus::TakenBack, count as u64));
    assert_eq!(backend.count("accounts WHERE standing = 'suspended'").await, 0);
    assert_eq!(backend.count("actions WHERE kind = 'restore'").await, count as i64);
    assert_eq!(backend.count("outbox WHERE outbox_key LIKE 'overturn:%'").await, count as i64);
    let made = "decisions WHERE kind = 'suspend'";
    assert_eq!(backend.count(made).await, count as i64);
    assert_eq!(backend.count(&format!("{made} AND overturned_at IS NULL")).await, 0);
    assert_eq!(backend.count(&format!("{made} AND overturn_reason = 'wrong list'")).await, count as i64 - 1);
    for name in ["m00000", "m00001", "m00519"] {
        let account = record.fetch_account(&AccountId::from(name)).await.unwrap().unwrap();
        assert_eq!((account.standing, account.sanctions.len()), (Standing::Cleared, 0));
    }
    assert!(record.due(OutboxKind::Journal, at(60), 500).await.unwrap().len() > 400);
    assert!(record.verify_audit(None).await.unwrap().is_ok());
}

pub(crate) async fn members_that_may_not_be_acted_upon_any_more_are_passed_over<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    approved(&record, &names(8)).await;
    record.set_protected(&"m00000".into(), true, &bob(), at(31)).await.unwrap();
    record.place_legal_hold(&"m00001".into(), &bob(), "court order 5", at(31)).await.unwrap();
    let claimed = record.fetch_open_case(&"m00002".into()).await.unwrap().unwrap();
    record.claim(&claimed.case_id, &bob(), at(32)).await.unwrap();
    let by = Policy { is_retired: true, ..policy(1) };
    record.put_policy(&by, &"admin".into(), at(33)).await.unwrap();
    start(&record).await;
    assert!(matches!(
        record.work_slice(&b1(), at(50)).await,
        Err(StoreError::Refused(Refusal::PolicyUnknown { .. }))
    ));
    assert_eq!(backend.count("actions").await, 0);
    put_policy(&record).await;
    let paused = record.pause_batch(&b1(), &bob(), "let us look", at(50)).await.unwrap();
    assert_eq!(paused.pause.unwrap().paused_by, Some(bob()));
    assert_eq!(record.work_slice(&b1(), at(50)).await.unwrap().progress.done, 0);
    start(&record).await;
    let done = work_off(&record, 51).await;
    assert_eq!((done.status, done.progress.done, done.progress.passed_over), (BatchStatus::Done, 5, 3));
    let over = record.list_members(&b1(), MemberStatus::PassedOver, None).await.unwrap();
    let reasons: Vec<_> = over.iter().filter_map(|member| member.reason).collect();
    assert_eq!(reasons, [LeftOut::Protected, LeftOut::LegalHold, LeftOut::Claimed]);
}

pub(crate) async fn too_many_actions_a_day_need_the_glass_broken<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    approved(&record, &names(6)).await;
    let tight = Brakes { batch_actions_a_day_max: 5, ..Brakes::default() };
    let over = record.start_batch(&b1(), &proposer(), &tight, None, at(40)).await;
    assert!(matches!(refusal(over), BatchRefusal::DailyLimit { max: 5, asked: 6, .. }));
    let person = Brakes { person_actions_a_day_max: 8, ..Brakes::default() };
    // Three of the accounts were cleared one by one by the same person: 3 + 6.
    let over = record.start_batch(&b1(), &proposer(), &person, None, at(40)).await;
    assert!(matches!(refusal(over), BatchRefusal::DailyLimit { max: 8, taken: 3, asked: 6, .. }));
    let own = record.start_batch(&b1(), &proposer(), &tight, Some("a wave"), at(40)).await;
    assert!(matches!(refusal(own), BatchRefusal::Role { .. }));
    let empty = record.start_batch(&b1(), &lead(), &tight, Some(" "), at(40)).await;
    assert!(matches!(empty, Err(StoreError::Refused(Refusal::ReasonInvalid { .. }))));
    let broken = record.start_batch(&b1(), &lead(), &tight, Some("a wave"), at(40)).await.unwrap();
    assert_eq!(broken.break_glass.unwrap().reason, "a wave");
    let verbs = record.list_audit(0, 500).await.unwrap();
    assert!(verbs.iter().any(|row| row.verb == "batch.glass_broken" && row.actor == "operator:bob"));
    assert_eq!(work_off(&record, 50).await.progress.done, 6);
}

pub(crate) async fn a_batch_that_appeals_speak_against_pauses_itself<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    let names = names(BATCH_SLICE_MAX + 50);
    approved(&record, &names).await;
    start(&record).await;
    record.work_slice(&b1(), at(50)).await.unwrap();
    for (number, name) in names.iter().take(6).enumerate() {
        let batch = record.fetch_batch(&b1()).await.unwrap().unwrap();
        assert_eq!(batch.status, BatchStatus::Running, "after {number} of 500");
        let history = record.fetch_history(&name.as_str().into()).await.unwrap();
        let decision = history.decisions.last().unwrap();
        record.overturn(&decision.decision_id, &bob(), "an appeal", at(51)).await.unwrap();
    }
    let batch = record.fetch_batch(&b1()).await.unwrap().unwrap();
    assert_eq!((batch.status, batch.progress.overturned), (BatchStatus::Paused, 6));
    assert_eq!(batch.pause.unwrap().paused_by, None);
    assert_eq!(record.work_slice(&b1(), at(52)).await.unwrap().progress.done, 500);
}

pub(crate) async fn an_erased_account_leaves_its_batch<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    approved(&record, &names(3)).await;
    commit(&record, vec![Effect::Erased { account_id: "m00001".into() }], 35).await;
    assert_eq!(backend.count("batch_members WHERE evidence = '[]'").await, 1);
    start(&record).await;
    assert_eq!(work_off(&record, 50).await.progress.done, 2);
    let over = record.list_members(&b1(), MemberStatus::PassedOver, None).await.unwrap();
    assert_eq!(over[0].reason, Some(LeftOut::NoEvidence));
}
