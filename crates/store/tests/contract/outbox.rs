//! Clauses of `Outbox`.

use crate::fixtures::{at, bob, commit, judge, put_policy, report, suspended};
use crate::{Backend, Ports};
use cordon_enforce::Refusal;
use cordon_enforce::outbox::{OutboxKind, OutboxRow};
use cordon_enforce::ports::{CaseDesk, Failure, Outbox, StoreError};
use cordon_model::decision::DecisionKind;
use cordon_model::entity::Source;
use cordon_model::limits;

const WEBHOOK: OutboxKind = OutboxKind::Webhook;

fn failure() -> Failure {
    Failure { reason: "status 503".into(), jitter: 0.0 }
}

/// What is due of actions; notices have streams of their own.
async fn due<R: Ports>(record: &R, seconds: i64) -> Vec<OutboxRow> {
    let due = record.due(WEBHOOK, at(seconds), 100).await.unwrap();
    due.into_iter().filter(|row| !row.stream.starts_with("notice:")).collect()
}

/// Fails the row until it is given up.
async fn bury<R: Ports>(record: &R, key: &str) {
    for attempt in 1..=limits::DELIVERY_ATTEMPTS_MAX {
        let retry = record.mark_failed(key, failure(), at(0)).await.unwrap();
        assert_eq!(retry.is_none(), attempt == limits::DELIVERY_ATTEMPTS_MAX);
    }
}

pub(crate) async fn a_stream_is_delivered_in_order<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    let decision = suspended(&record).await;
    record.overturn(&decision.decision_id, &bob(), "mistaken", at(11)).await.unwrap();
    commit(&record, vec![report("b", Source::User, 12)], 12).await;
    judge(&record, "b", DecisionKind::Warn, 13).await;
    let first = due(&record, 14).await;
    assert_eq!(first.iter().map(|row| row.stream.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    record.mark_failed(&first[0].key, failure(), at(14)).await.unwrap();
    assert_eq!(due(&record, 15).await.len(), 1, "the restoration waits for the suspension");
    record.mark_done(&[first[0].key.clone()], at(20)).await.unwrap();
    let second = due(&record, 20).await;
    assert!(second[0].payload.contains("action.restore"), "{}", second[0].payload);
}

pub(crate) async fn a_failed_row_comes_back_later_under_the_same_key<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    suspended(&record).await;
    let first = due(&record, 10).await.remove(0);
    let retry = record.mark_failed(&first.key, failure(), at(10)).await.unwrap();
    assert_eq!(retry, Some(at(15)));
    assert!(due(&record, 14).await.is_empty());
    let second = due(&record, 15).await.remove(0);
    assert_eq!((second.key, second.attempts, second.last_error), (first.key, 1, Some("status 503".into())));
}

pub(crate) async fn a_row_that_keeps_failing_becomes_a_dead_letter<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    let decision = suspended(&record).await;
    let key = due(&record, 10).await.remove(0).key;
    bury(&record, &key).await;
    assert!(due(&record, 1_000_000).await.is_empty());
    assert_eq!(record.dead(WEBHOOK, 0).await.unwrap()[0].key, key);
    record.overturn(&decision.decision_id, &bob(), "mistaken", at(11)).await.unwrap();
    assert_eq!(due(&record, 12).await.len(), 1, "the stream goes on");
}

pub(crate) async fn a_dead_letter_is_replayed_on_demand<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    let decision = suspended(&record).await;
    let key = due(&record, 10).await.remove(0).key;
    bury(&record, &key).await;
    record.replay_dead(&key, at(50)).await.unwrap();
    assert_eq!((due(&record, 50).await[0].attempts, &due(&record, 50).await[0].key), (0, &key));
    bury(&record, &key).await;
    record.overturn(&decision.decision_id, &bob(), "mistaken", at(60)).await.unwrap();
    let restoration = due(&record, 61).await.remove(0).key;
    record.mark_done(std::slice::from_ref(&restoration), at(62)).await.unwrap();
    match record.replay_dead(&key, at(63)).await {
        Err(StoreError::Refused(Refusal::OutboxRowOvertaken { newer_key, .. })) => {
            assert_eq!(newer_key, restoration);
        }
        other => panic!("{other:?}"),
    }
}

pub(crate) async fn done_twice_is_done_once<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    put_policy(&record).await;
    suspended(&record).await;
    let key = due(&record, 10).await.remove(0).key;
    record.mark_done(&[key.clone(), key.clone()], at(11)).await.unwrap();
    let audited = backend.count("audit").await;
    record.mark_done(std::slice::from_ref(&key), at(12)).await.unwrap();
    assert_eq!(backend.count("audit").await, audited);
    let refused = record.mark_failed(&key, failure(), at(13)).await;
    assert!(matches!(refused, Err(StoreError::Refused(Refusal::OutboxRowUnknown { .. }))), "{refused:?}");
}
