//! Clauses of `PipelineRecord`.

use crate::fixtures::{
    alice, at, candidate, commit, entries, hold, judge, policy, put_policy, report, signal,
};
use crate::{Backend, Ports};
use cordon_enforce::outbox::OutboxKind;
use cordon_enforce::ports::{AuditLog, CaseDesk, Counts, Outbox, PipelineRecord, Policies, StoreError};
use cordon_model::account::Standing;
use cordon_model::case::ReportStatus;
use cordon_model::decision::DecisionKind;
use cordon_model::effect::Effect;
use cordon_model::entity::Source;
use cordon_model::ids::{AccountId, EffectId, Offset};
use std::time::Duration;

async fn offset<R: Ports>(record: &R) -> u64 {
    record.applied_offset().await.unwrap().0
}

pub(crate) async fn commit_moves_the_offset_and_takes_the_effects_in_together<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    assert_eq!(offset(&record).await, 0);
    commit(&record, vec![report("a", Source::User, 1), candidate("b", 20.0, 2)], 2).await;
    assert_eq!((offset(&record).await, backend.count("cases").await), (2, 2));
    drop(record);
    let record = backend.open().await;
    assert_eq!((offset(&record).await, backend.count("reports").await), (2, 1));
}

pub(crate) async fn a_stale_writer_is_told_both_offsets_and_changes_nothing<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    commit(&record, vec![report("a", Source::User, 1)], 1).await;
    let effects = entries(1, vec![report("b", Source::User, 1)]);
    let stale = record.commit(Offset(0), Offset(1), effects, at(2)).await;
    let (expected, found) = match stale {
        Err(StoreError::StaleWriter { expected, found }) => (expected, found),
        other => panic!("{other:?}"),
    };
    assert_eq!((expected, found), (Offset(0), Offset(1)));
    assert_eq!((offset(&record).await, backend.count("cases").await), (1, 1));
}

pub(crate) async fn an_effect_committed_twice_counts_once<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    let effects = entries(1, vec![report("a", Source::User, 1), candidate("b", 20.0, 2)]);
    record.commit(Offset(0), Offset(2), effects.clone(), at(2)).await.unwrap();
    let audited = backend.count("audit").await;
    record.commit(Offset(2), Offset(9), [effects.clone(), effects].concat(), at(3)).await.unwrap();
    assert_eq!(offset(&record).await, 9);
    assert_eq!((backend.count("reports").await, backend.count("candidates").await), (1, 1));
    assert_eq!(backend.count("audit").await, audited);
}

pub(crate) async fn a_commit_without_effects_is_one_update<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    record.commit(Offset(0), Offset(2_000), Vec::new(), at(1)).await.unwrap();
    assert_eq!((offset(&record).await, backend.count("audit").await), (2_000, 0));
}

pub(crate) async fn a_long_commit_steps_aside_for_people<B: Backend>() {
    let backend = B::create().await;
    let record = std::sync::Arc::new(backend.open().await);
    // Entries with 3 effects each, so that a cut by number alone would fall within one.
    let id = |entry: u64, ordinal: u16| EffectId { offset: Offset(entry), ordinal };
    let effect = |number: u64| report(&format!("a{}", number % 400), Source::User, number as i64);
    let effects: Vec<_> =
        (0..3_000).map(|number| (id(number / 3 + 1, (number % 3) as u16), effect(number))).collect();
    let pipeline = {
        let record = record.clone();
        tokio::spawn(async move { record.commit(Offset(0), Offset(1_200), effects, at(1)).await })
    };
    // Each person's command falls between two entries, and most of them within the commit.
    let mut stops = std::collections::BTreeSet::new();
    while !pipeline.is_finished() {
        record.put_policy(&policy(stops.len() as u32 + 1), &alice(), at(1)).await.unwrap();
        let reached = offset(&*record).await;
        let whole_entries = (reached * 3).min(3_000) as i64;
        assert!(backend.count("reports").await >= whole_entries);
        stops.insert(reached);
    }
    pipeline.await.unwrap().unwrap();
    assert!(stops.len() > 2, "{stops:?}");
    assert_eq!(offset(&*record).await, 1_200);
    assert_eq!((backend.count("reports").await, backend.count("cases").await), (3_000, 400));
    let one_entry = (0..1_000).map(|ordinal| (id(1_201, ordinal), effect(u64::from(ordinal)))).collect();
    record.commit(Offset(1_200), Offset(1_201), one_entry, at(2)).await.unwrap();
    assert_eq!(backend.count("reports").await, 4_000);
    assert!(record.verify_audit(None).await.unwrap().is_ok());
}

pub(crate) async fn no_effect_of_the_pipeline_acts_on_an_account<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    commit(&record, vec![candidate("a", 1e9, 1), report("a", Source::Authority, 2)], 2).await;
    assert_eq!((backend.count("actions").await, backend.count("outbox").await), (0, 0));
    commit(&record, vec![signal("a", "suspend", 3)], 3).await;
    let account = record.fetch_account(&AccountId::from("a")).await.unwrap().unwrap();
    assert_eq!((account.standing, account.sanctions.len()), (Standing::Unjudged, 0));
    // A signal leaves the house, and is no decision whatever it is called.
    assert_eq!((backend.count("actions").await, backend.count("outbox").await), (0, 1));
    let rows = record.due(OutboxKind::Webhook, at(4), 10).await.unwrap();
    assert!(
        rows[0].payload.contains(r#""type":"signal.verdict","is_decision":false"#),
        "{}",
        rows[0].payload
    );
}

pub(crate) async fn a_hold_ends_by_itself_or_by_a_decision_and_is_no_action<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    put_policy(&record).await;
    let none = vec![hold("nobody", 1, 6)];
    commit(&record, none, 1).await;
    assert_eq!(backend.count("holds").await, 0, "no case waits for people");
    // Nobody is held for longer than a day, whatever is asked.
    commit(
        &record,
        vec![candidate("a", 9.0, 2), hold("a", 2, 90), candidate("b", 9.0, 2), hold("b", 2, 6)],
        2,
    )
    .await;
    let of = async |account: &str| {
        let account = record.fetch_account(&AccountId::from(account)).await.unwrap().unwrap();
        (account.standing, account.sanctions.len(), account.hold.unwrap())
    };
    let (standing, sanctions, held) = of("a").await;
    assert_eq!((standing, sanctions, held.expires_at), (Standing::Unjudged, 0, at(2 + 24 * 3_600)));
    assert!(held.is_in_force(at(3)) && !held.is_in_force(held.expires_at));
    // The same hold twice is one, and none follows on another.
    commit(&record, vec![hold("a", 30, 6), hold("b", 7 * 3_600, 6)], 7 * 3_600).await;
    assert_eq!((backend.count("holds").await, backend.count("actions").await), (2, 0));
    let told = record.due(OutboxKind::Webhook, at(8 * 3_600), 10).await.unwrap();
    assert_eq!(told.len(), 2);
    let first = &told[0].payload;
    assert!(first.contains(r#""type":"hold.begun","is_decision":false,"limits":"reach""#), "{first}");

    // Its end is a decision of people for the one; the other one was over before that.
    for account in ["a", "b"] {
        judge(&record, account, DecisionKind::NoViolation, 8 * 3_600).await;
    }
    let (_, _, held) = of("a").await;
    assert_eq!(held.ended_at, Some(at(8 * 3_600)));
    assert_eq!(of("b").await.2.ended_at, None, "it was over by itself");
    let cases = record.fetch_case(&held.case_id).await.unwrap().unwrap();
    assert_eq!(cases.holds, std::slice::from_ref(&held));
    assert_eq!(cases.decisions[0].decision_id, held.decision_id.unwrap());
    let verbs: Vec<&str> = cases.audit.iter().map(|one| one.verb.as_str()).collect();
    assert!(verbs.contains(&"hold.begun") && verbs.contains(&"hold.ended"), "{verbs:?}");
    record
        .mark_done(&told.iter().map(|row| row.key.clone()).collect::<Vec<_>>(), at(9 * 3_600))
        .await
        .unwrap();
    let told = record.due(OutboxKind::Webhook, at(9 * 3_600), 10).await.unwrap();
    let ended: Vec<&str> = told.iter().map(|row| row.payload.as_str()).collect();
    assert!(ended.len() == 1 && ended[0].contains(r#""type":"hold.ended","is_decision":false"#), "{ended:?}");
    assert_eq!(backend.count("actions").await, 0);
    // Whom people cleared lately is not held.
    commit(&record, vec![candidate("a", 30.0, 8 * 3_600 + 5), hold("a", 8 * 3_600 + 5, 6)], 8 * 3_600 + 5)
        .await;
    assert_eq!(backend.count("holds").await, 2);
    assert!(record.verify_audit(None).await.unwrap().is_ok());
}

pub(crate) async fn a_commit_dropped_in_the_middle_leaves_whole_entries_only<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    let effects = |count: u64| {
        entries(1, (0..count).map(|number| report(&format!("a{number}"), Source::User, 1)).collect())
    };
    for micros in [50, 500, 2_000, 5_000, 20_000] {
        let commit = record.commit(Offset(0), Offset(1_000), effects(1_000), at(1));
        let _ = tokio::time::timeout(Duration::from_micros(micros), commit).await;
        let reached = record.applied_offset().await.unwrap();
        assert_eq!(backend.count("reports").await as u64, reached.0.min(1_000), "after {micros} us");
    }
    // The same process goes on where it was.
    if offset(&record).await < 1_000 {
        record.commit(Offset(0), Offset(1_000), effects(1_000), at(1)).await.unwrap();
    }
    assert_eq!((offset(&record).await, backend.count("reports").await), (1_000, 1_000));
    assert_eq!(backend.count("effects").await, 1_000);
    assert!(record.verify_audit(None).await.unwrap().is_ok());
}

pub(crate) async fn reports_on_an_account_not_seen_yet_wait_for_it<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    let unseen = |account_id: &str, seconds| match report(account_id, Source::User, seconds) {
        Effect::Report(report) => {
            Effect::Report(cordon_model::report::Report { is_subject_known: false, ..report })
        }
        other => other,
    };
    commit(&record, vec![unseen("a", 1), unseen("b", 1), unseen("a", 2)], 2).await;
    assert_eq!(backend.count("cases").await, 0);
    let settled = vec![
        Effect::SubjectAppeared { account_id: "a".into() },
        Effect::SubjectNeverAppeared { account_id: "b".into() },
    ];
    commit(&record, settled, 3).await;
    let case = record.fetch_open_case(&"a".into()).await.unwrap().unwrap();
    assert_eq!((case.report_count, backend.count("cases").await), (2, 1));
    let reports = record.reports_after("").await.unwrap();
    let statuses: Vec<_> = reports.iter().map(|report| report.status).collect();
    let attached = ReportStatus::Attached;
    assert_eq!(statuses, [attached, ReportStatus::SubjectNeverAppeared, attached]);
}
