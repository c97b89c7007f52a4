//! Clauses of `NoticeDesk`.

use crate::bulk_desk::{b1, carried_out, names};
use crate::fixtures::{DAY, alice, at, bob, commit, judge, put_policy, report, suspended};
use crate::{Backend, Ports};
use cordon_enforce::Refusal;
use cordon_enforce::appeals::{AppealRefusal, NewAppeal, Ruling};
use cordon_enforce::notices::NoticeBody;
use cordon_enforce::outbox::{OutboxKind, OutboxRow};
use cordon_enforce::ports::{AuditLog, BulkDesk, CaseDesk, NoticeDesk, Outbox, StoreError};
use cordon_model::account::Standing;
use cordon_model::appeal::{Appeal, AppealChannel, AppealStatus};
use cordon_model::batch::{BatchStatus, MemberStatus};
use cordon_model::decision::{Decision, DecisionKind};
use cordon_model::effect::Effect;
use cordon_model::entity::Source;
use cordon_model::ids::OperatorId;
use cordon_model::statement::{NoticeProfile, Withheld};

fn refusal<T: std::fmt::Debug>(result: Result<T, StoreError>) -> AppealRefusal {
    match result {
        Err(StoreError::Refused(Refusal::Appeal(refusal))) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

fn by_platform() -> NewAppeal {
    NewAppeal { channel: AppealChannel::Platform, text: "it was not me".into() }
}

fn ruling(by: &OperatorId, is_overturned: bool) -> Ruling {
    Ruling { is_overturned, reasons: "seen again".into(), by: by.clone() }
}

/// Notices that are due, delivered.
async fn notices<R: Ports>(record: &R, seconds: i64) -> Vec<OutboxRow> {
    let mut notices = Vec::new();
    loop {
        let due = record.due(OutboxKind::Webhook, at(seconds), 500).await.unwrap();
        if due.is_empty() {
            return notices;
        }
        let keys: Vec<String> = due.iter().map(|row| row.key.clone()).collect();
        record.mark_done(&keys, at(seconds)).await.unwrap();
        notices.extend(due.into_iter().filter(|row| row.stream.starts_with("notice:")));
    }
}

async fn filed<R: Ports>(record: &R) -> (Decision, Appeal) {
    let decision = suspended(record).await;
    let platform = "platform".into();
    let appeal = record.file_appeal(&decision.decision_id, by_platform(), &platform, at(20)).await.unwrap();
    (decision, appeal)
}

pub(crate) async fn every_restriction_has_a_statement_and_a_notice<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    put_policy(&record).await;
    let german = NoticeProfile { language: Some("de".into()), ..Default::default() };
    record.put_notice_profile(&"kwarn".into(), &german, &bob(), at(1)).await.unwrap();
    for kind in DecisionKind::ALL {
        let name = format!("k{}", kind.name());
        commit(&record, vec![report(&name, Source::User, 1)], 1).await;
        let (decision, _) = judge(&record, &name, kind, 2).await;
        let statement = record.fetch_statement(&decision.decision_id).await.unwrap();
        let weighs = !matches!(kind, DecisionKind::NoViolation | DecisionKind::Restore);
        assert_eq!(statement.is_some(), weighs, "{kind:?}");
    }
    let told = notices(&record, 3).await;
    assert_eq!((told.len(), backend.count("statements").await), (5, 5));
    for row in &told {
        let body: NoticeBody = serde_json::from_str(&row.payload).unwrap();
        assert_eq!((body.id.as_str(), body.kind.as_str()), (row.key.as_str(), "notice.statement"));
        assert_eq!(body.language, if body.account_id == "kwarn" { "de" } else { "en" });
        assert!(body.text.contains(&body.appeal_url) && body.text.contains("You may not promote terrorism."));
        assert!(!row.payload.contains("alice") && !row.payload.contains("predecessor"));
    }
    record.verify_audit(None).await.unwrap().unwrap();
}

pub(crate) async fn a_gagged_notice_leaves_on_its_day_and_once<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    let ends_at = at(30 * DAY);
    let withheld = Some(Withheld::Gag { basis: "a law".into(), authority: "a court".into(), ends_at });
    let gagged = NoticeProfile { withheld, ..Default::default() };
    record.put_notice_profile(&"a".into(), &gagged, &bob(), at(1)).await.unwrap();
    let decision = suspended(&record).await;
    let statement = record.fetch_statement(&decision.decision_id).await.unwrap().unwrap();
    assert_eq!((statement.withheld, statement.notified_at), (gagged.withheld.clone(), None));
    assert_eq!(record.sweep_notices(at(29 * DAY)).await.unwrap().released, 0);
    assert_eq!(notices(&record, 29 * DAY).await, []);
    assert_eq!(record.sweep_notices(at(30 * DAY)).await.unwrap().released, 1);
    assert_eq!(record.sweep_notices(at(31 * DAY)).await.unwrap().released, 0);
    assert_eq!(notices(&record, 31 * DAY).await.len(), 1);
    let statement = record.fetch_statement(&decision.decision_id).await.unwrap().unwrap();
    assert_eq!(statement.appeal_until, at((30 + 183) * DAY));
    assert!(statement.withheld.is_some(), "why it was withheld stays in the record");
}

pub(crate) async fn an_outcome_that_a_gag_kept_back_leaves_behind_its_notice_and_once<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    let ends_at = at(30 * DAY);
    let withheld = Some(Withheld::Gag { basis: "a law".into(), authority: "a court".into(), ends_at });
    let gagged = NoticeProfile { withheld, ..Default::default() };
    record.put_notice_profile(&"a".into(), &gagged, &bob(), at(1)).await.unwrap();
    let (_, appeal) = filed(&record).await;
    record.claim_appeal(&appeal.appeal_id, &bob(), at(21)).await.unwrap();
    record.decide_appeal(&appeal.appeal_id, ruling(&bob(), false), at(22)).await.unwrap();
    assert_eq!(notices(&record, 29 * DAY).await, []);
    record.sweep_notices(at(30 * DAY)).await.unwrap();
    let told: Vec<_> = notices(&record, 30 * DAY).await.into_iter().map(|row| row.payload).collect();
    assert_eq!(told.len(), 2);
    assert!(told[0].contains("notice.statement") && told[1].contains("notice.appeal_decided"));
    assert!(told[1].contains(&at(22).to_string()), "when it was decided, not when it was told");
    record.put_notice_profile(&"a".into(), &NoticeProfile::default(), &bob(), at(31 * DAY)).await.unwrap();
    record.sweep_notices(at(31 * DAY)).await.unwrap();
    assert_eq!(notices(&record, 31 * DAY).await, []);
}

pub(crate) async fn an_appeal_is_filed_once_by_link_or_by_the_platform<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    record.set_notices("https://appeals.example/", 30, &bob(), at(1)).await.unwrap();
    let decision = suspended(&record).await;
    let told = notices(&record, 11).await;
    let body: NoticeBody = serde_json::from_str(&told[0].payload).unwrap();
    let token = body.appeal_url.strip_prefix("https://appeals.example/").unwrap().to_owned();
    for forged in [String::new(), "0.0.0".into(), format!("{token}0"), token.replacen('5', "6", 1)] {
        let result = record.file_appeal_by_link(&forged, "no".into(), at(12)).await;
        assert_eq!(refusal(result), AppealRefusal::Unknown, "{forged}");
    }
    let late = record.file_appeal_by_link(&token, "no".into(), at(10 + 30 * DAY)).await;
    assert_eq!(refusal(late), AppealRefusal::Unknown);
    let appeal = record.file_appeal_by_link(&token, "it was not me".into(), at(12)).await.unwrap();
    assert_eq!((appeal.channel, appeal.status), (AppealChannel::Link, AppealStatus::Open));
    let twice = AppealRefusal::Filed { decision_id: decision.decision_id.clone() };
    assert_eq!(refusal(record.file_appeal_by_link(&token, "again".into(), at(13)).await), twice);
    let again = record.file_appeal(&decision.decision_id, by_platform(), &"platform".into(), at(13)).await;
    assert_eq!(refusal(again), twice);
    let withdrawn = record.withdraw_appeal(&appeal.appeal_id, &bob(), at(14)).await.unwrap();
    assert_eq!(withdrawn.status, AppealStatus::Withdrawn);
    assert_eq!(refusal(record.file_appeal_by_link(&token, "again".into(), at(15)).await), twice);
}

pub(crate) async fn an_appeal_is_decided_by_somebody_else_and_restores_the_account<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    let (decision, appeal) = filed(&record).await;
    let id = &appeal.appeal_id;
    let involved = AppealRefusal::Involved { operator_id: alice() };
    assert_eq!(refusal(record.claim_appeal(id, &alice(), at(21)).await), involved);
    let unclaimed = record.decide_appeal(id, ruling(&bob(), true), at(22)).await;
    assert!(matches!(refusal(unclaimed), AppealRefusal::ClaimLost { .. }));
    record.claim_appeal(id, &bob(), at(23)).await.unwrap();
    let taken = record.claim_appeal(id, &"carol".into(), at(24)).await;
    assert!(matches!(refusal(taken), AppealRefusal::Claimed { .. }));
    let decided = record.decide_appeal(id, ruling(&bob(), true), at(25)).await.unwrap();
    assert_eq!(decided.status, AppealStatus::Overturned);
    let account = record.fetch_account(&"a".into()).await.unwrap().unwrap();
    assert_eq!((account.standing, account.sanctions.len()), (Standing::Cleared, 0));
    assert!(!record.fetch_decision(&decision.decision_id).await.unwrap().unwrap().stands());
    let learned = record.due(OutboxKind::Journal, at(26), 10).await.unwrap();
    record.mark_done(&[learned[0].key.clone()], at(26)).await.unwrap();
    let taken_back = record.due(OutboxKind::Journal, at(26), 10).await.unwrap();
    assert!(taken_back[0].key.starts_with("overturn:"), "what was learned is taken back");
    let told = notices(&record, 26).await;
    assert_eq!(told.len(), 2);
    assert!(told[1].payload.contains("notice.appeal_decided") && !told[1].payload.contains("seen again"));
    let ended = record.decide_appeal(id, ruling(&bob(), false), at(27)).await;
    assert!(matches!(refusal(ended), AppealRefusal::Ended { .. }));
}

pub(crate) async fn an_overturned_appeal_counts_against_its_batch<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    let batch = carried_out(&record, &names(40)).await;
    assert_eq!(backend.count("statements").await, batch.progress.done as i64);
    assert_eq!(notices(&record, 100).await.len() as u64, batch.progress.done);
    let members = record.list_members(&b1(), MemberStatus::Done, None).await.unwrap();
    let decision_id = members[0].decision_id.clone().unwrap();
    let appeal = record.file_appeal(&decision_id, by_platform(), &"platform".into(), at(101)).await.unwrap();
    for person in [&batch.proposed_by, &batch.approval.as_ref().unwrap().approved_by] {
        let refused = refusal(record.claim_appeal(&appeal.appeal_id, person, at(102)).await);
        assert_eq!(refused, AppealRefusal::Involved { operator_id: person.clone() });
    }
    let dora = "dora".into();
    record.claim_appeal(&appeal.appeal_id, &dora, at(103)).await.unwrap();
    record.decide_appeal(&appeal.appeal_id, ruling(&dora, true), at(104)).await.unwrap();
    let batch = record.fetch_batch(&b1()).await.unwrap().unwrap();
    assert_eq!((batch.progress.overturned, batch.status), (1, BatchStatus::Done));
}

pub(crate) async fn late_appeals_are_listed_and_alarmed_once<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    let (_, appeal) = filed(&record).await;
    let late = |days: i64| Some(at(20 + days * DAY));
    assert!(record.list_appeals(AppealStatus::Open, late(6)).await.unwrap().is_empty());
    assert_eq!(record.list_appeals(AppealStatus::Open, late(7)).await.unwrap().len(), 1);
    let totals = record.count_appeals(at(20 + 7 * DAY)).await.unwrap();
    assert_eq!((totals.open, totals.late), (1, 1));
    assert_eq!(record.sweep_notices(at(19 + 14 * DAY)).await.unwrap().alarmed, 0);
    assert_eq!(record.sweep_notices(at(20 + 14 * DAY)).await.unwrap().alarmed, 1);
    assert_eq!(record.sweep_notices(at(21 + 14 * DAY)).await.unwrap().alarmed, 0);
    let found = record.fetch_appeal(&appeal.appeal_id).await.unwrap().unwrap();
    assert_eq!((found.late_since, found.text.as_str()), (Some(at(20 + 14 * DAY)), "it was not me"));
}

pub(crate) async fn an_appeal_whose_decision_fell_without_it_is_settled<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    let (decision, appeal) = filed(&record).await;
    record.overturn(&decision.decision_id, &bob(), "a mistake", at(30)).await.unwrap();
    assert_eq!(record.sweep_notices(at(31)).await.unwrap().settled, 1);
    assert_eq!(record.sweep_notices(at(32)).await.unwrap().settled, 0);
    let found = record.fetch_appeal(&appeal.appeal_id).await.unwrap().unwrap();
    assert_eq!(found.status, AppealStatus::Overturned);
    assert_eq!(notices(&record, 33).await.len(), 2);
}

pub(crate) async fn an_erased_account_leaves_no_words_in_its_appeal<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    let (_, appeal) = filed(&record).await;
    commit(&record, vec![Effect::Erased { account_id: "a".into() }], 40).await;
    let found = record.fetch_appeal(&appeal.appeal_id).await.unwrap().unwrap();
    assert_eq!((found.text.as_str(), found.status), ("", AppealStatus::Open));
}
