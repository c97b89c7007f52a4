//! Clauses of `QualityDesk`.

use crate::fixtures::{at, bob, commit, judge, put_policy, report};
use crate::{Backend, Ports};
use cordon_enforce::Refusal;
use cordon_enforce::ports::{AuditLog, CaseDesk, NoticeDesk, PipelineRecord, QualityDesk, StoreError};
use cordon_enforce::quality::{QualityRefusal, QualityRules};
use cordon_model::decision::DecisionKind::{self, NoViolation, Suspend, Warn};
use cordon_model::effect::Effect;
use cordon_model::entity::Source;
use cordon_model::ids::OperatorId;
use cordon_model::limits;
use cordon_model::second_look::LookStatus;
use cordon_model::statement::NoticeProfile;

fn rules(share: f64, golden_share: f64) -> QualityRules {
    QualityRules { share, golden_share, score_shown: Default::default() }
}

fn refusal<T: std::fmt::Debug>(result: Result<T, StoreError>) -> QualityRefusal {
    match result {
        Err(StoreError::Refused(Refusal::Quality(refusal))) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

fn name(who: &str) -> OperatorId {
    who.into()
}

/// Forty accounts, each decided by alice; half of them are drawn or so.
async fn decided<R: Ports>(record: &R, kind: DecisionKind) {
    put_policy(record).await;
    record.put_quality_rules(&rules(0.5, 0.0), &bob(), at(0)).await.unwrap();
    for number in 0..40 {
        let account = format!("a{number}");
        commit(record, vec![report(&account, Source::User, 1)], 1).await;
        judge(record, &account, kind, 10 + number).await;
    }
}

pub(crate) async fn a_share_of_decisions_is_drawn_in_the_decisions_own_transaction<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    put_policy(&record).await;
    commit(&record, vec![report("z", Source::User, 1)], 1).await;
    judge(&record, "z", Warn, 2).await;
    assert_eq!(backend.count("second_looks").await, 0, "nothing is drawn until somebody says so");
    let wide = refusal(record.put_quality_rules(&rules(0.9, 0.0), &bob(), at(0)).await);
    assert!(matches!(wide, QualityRefusal::Rules(_)));
    decided(&record, Warn).await;
    let waiting = record.list_looks(LookStatus::Waiting).await.unwrap();
    // Of forty at a half, fewer than five or more than 35 come less than once in a million times.
    assert!((5..=35).contains(&waiting.len()), "{}", waiting.len());
    assert!(waiting.iter().all(|look| look.share == 0.5 && look.decided == Warn && look.reviewer.is_none()));
    let again = backend.open().await;
    assert_eq!(again.quality_rules().await.unwrap(), rules(0.5, 0.0));
    record.verify_audit(None).await.unwrap().unwrap();
}

pub(crate) async fn a_second_look_never_goes_to_who_decided_and_changes_nothing_about_the_account<
    B: Backend,
>() {
    let backend = B::create().await;
    let record = backend.open().await;
    decided(&record, Suspend).await;
    assert_eq!(record.claim_next_look(&name("alice"), at(100)).await.unwrap(), None, "alice decided all");
    let look = record.claim_next_look(&bob(), at(100)).await.unwrap().unwrap();
    let (before, outbox) = (backend.count("actions").await, backend.count("outbox").await);
    assert!(record.is_blind(&bob(), &look.account_id).await.unwrap());
    assert!(!record.is_blind(&name("carol"), &look.account_id).await.unwrap());
    let id = &look.second_look_id;
    let finding = |kind| (kind, (kind != NoViolation).then(|| "terrorism".into()));
    let not_hers = record.judge_look(id, finding(Warn), &name("carol"), at(101)).await;
    assert!(matches!(refusal(not_hers), QualityRefusal::NotHeld { .. }));
    let judged = record.judge_look(id, finding(Warn), &bob(), at(102)).await.unwrap();
    assert_eq!(judged.status, LookStatus::Agreed, "a milder violation is a violation");
    let twice = record.judge_look(id, finding(Warn), &bob(), at(103)).await;
    assert!(matches!(refusal(twice), QualityRefusal::Judged { .. }));
    assert_eq!(
        refusal(record.judge_look(&"none".into(), finding(Warn), &bob(), at(103)).await),
        QualityRefusal::Unknown
    );
    assert!(!record.is_blind(&bob(), &look.account_id).await.unwrap());
    assert_eq!((backend.count("actions").await, backend.count("outbox").await), (before, outbox));
    let file = record.fetch_case(&look.case_id).await.unwrap().unwrap();
    assert_eq!((file.decisions.len(), file.decisions[0].stands()), (1, true));
    record.verify_audit(None).await.unwrap().unwrap();
}

pub(crate) async fn a_look_goes_to_one_reviewer_until_it_lapses<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    decided(&record, Warn).await;
    let first = record.claim_next_look(&bob(), at(100)).await.unwrap().unwrap();
    let same = record.claim_next_look(&bob(), at(200)).await.unwrap().unwrap();
    assert_eq!(same.second_look_id, first.second_look_id, "one at a time");
    let other = record.claim_next_look(&name("carol"), at(201)).await.unwrap().unwrap();
    assert_ne!(other.second_look_id, first.second_look_id);
    let lapsed = at(200 + limits::CLAIM_SECONDS);
    let taken = record.claim_next_look(&name("dave"), lapsed).await.unwrap().unwrap();
    assert_eq!(taken.second_look_id, first.second_look_id);
    let late = record.judge_look(&first.second_look_id, (NoViolation, None), &bob(), lapsed).await;
    assert!(matches!(refusal(late), QualityRefusal::NotHeld { .. }));
}

pub(crate) async fn a_disagreement_is_settled_by_a_third_and_feeds_the_golden_cases<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    decided(&record, Suspend).await;
    let look = record.claim_next_look(&bob(), at(100)).await.unwrap().unwrap();
    let german = NoticeProfile { language: Some("de".into()), ..Default::default() };
    record.put_notice_profile(&look.account_id, &german, &bob(), at(101)).await.unwrap();
    let id = &look.second_look_id;
    record.judge_look(id, (NoViolation, None), &bob(), at(102)).await.unwrap();
    let disputed = record.list_looks(LookStatus::Disputed).await.unwrap();
    assert_eq!(disputed.iter().map(|look| &look.second_look_id).collect::<Vec<_>>(), [id]);
    let early = record.mark_golden(id, &name("lena"), at(103)).await;
    assert!(matches!(refusal(early), QualityRefusal::Status { .. }));
    let own = record.settle_look(id, NoViolation, &bob(), at(103)).await;
    assert!(matches!(refusal(own), QualityRefusal::Involved { .. }));
    record.settle_look(id, NoViolation, &name("lena"), at(104)).await.unwrap();
    assert_eq!(record.list_looks(LookStatus::Disputed).await.unwrap(), []);
    record.mark_golden(id, &name("lena"), at(105)).await.unwrap();
    record.mark_golden(id, &name("lena"), at(105)).await.unwrap();
    assert_eq!(backend.count("golden_cases").await, 1);

    record.put_quality_rules(&rules(0.5, 0.5), &bob(), at(106)).await.unwrap();
    let golden_seen_by = async |who: &str| {
        let mut golden = 0;
        while let Some(shown) = record.claim_next_look(&name(who), at(200)).await.unwrap() {
            assert_eq!(shown.second_look_id.as_str().len(), 32);
            golden += usize::from(shown.is_golden());
            record.judge_look(&shown.second_look_id, (NoViolation, None), &name(who), at(201)).await.unwrap();
        }
        golden
    };
    assert_eq!(golden_seen_by("lena").await, 0, "who settled it knows it");
    let mut seen = 0;
    for who in ["carol", "dave", "erin", "frank", "grace", "heidi", "ivan", "judy"] {
        seen += golden_seen_by(who).await;
    }
    let facts = record.judged_looks(at(0)).await.unwrap();
    let answered = facts.iter().filter(|one| one.look.status == LookStatus::Answered).count();
    assert_eq!(answered, seen, "each at most once, and scored");
    assert!(facts.iter().filter(|one| one.language.as_deref() == Some("de")).count() == 1 + seen);
    record.overturn(&look.decision_id, &bob(), "mistaken", at(300)).await.unwrap();
    let by_language = record.overturns_by_language(at(0)).await.unwrap();
    let of =
        |language: Option<&str>| by_language.iter().find(|one| one.language.as_deref() == language).unwrap();
    assert_eq!((of(Some("de")).decisions, of(Some("de")).overturned), (1, 1));
    assert_eq!((of(None).decisions, of(None).overturned), (39, 0));
    record.verify_audit(None).await.unwrap().unwrap();
}

pub(crate) async fn an_erased_account_leaves_no_look_that_waits<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    decided(&record, Warn).await;
    let waiting = record.list_looks(LookStatus::Waiting).await.unwrap();
    let gone = &waiting[0];
    let erase = Effect::Erased { account_id: gone.account_id.clone() };
    commit(&record, vec![erase], 200).await;
    let left = record.list_looks(LookStatus::Waiting).await.unwrap();
    assert_eq!(left, waiting[1..]);
    assert!(record.applied_offset().await.unwrap().0 > 0);
}
