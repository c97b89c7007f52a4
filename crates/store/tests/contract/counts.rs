//! Clauses of `Counts`.

use crate::Backend;
use crate::fixtures::{at, bob, candidate, commit, report, suspended};
use cordon_enforce::outbox::OutboxKind;
use cordon_enforce::ports::{CaseDesk, Counts, Outbox};
use cordon_model::account::Standing;
use cordon_model::entity::Source;

pub(crate) async fn counts_stream_every_row_once<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    let decision = suspended(&record).await;
    let more = (0..5).map(|number| candidate(&format!("b{number}"), 9.0, 12)).collect();
    commit(&record, more, 12).await;
    commit(&record, vec![report("c", Source::Partner, 13)], 13).await;
    let webhook = record.due(OutboxKind::Webhook, at(14), 9).await.unwrap().remove(0);
    record.mark_done(&[webhook.key], at(14)).await.unwrap();
    record.overturn(&decision.decision_id, &bob(), "mistaken", at(15)).await.unwrap();

    let decisions = record.decisions_after("").await.unwrap();
    assert_eq!((decisions.len(), decisions[0].opened_by), (1, Source::User));
    assert_eq!((decisions[0].case_opened_at, decisions[0].decided_at), (at(1), at(10)));
    assert_eq!(decisions[0].overturned_at, Some(at(15)));
    let actions = record.actions_after("").await.unwrap();
    assert_eq!((actions[0].delivered_at, actions[1].delivered_at), (Some(at(14)), None));
    let cases = record.cases_after("").await.unwrap();
    assert_eq!((cases.len(), record.candidates_after("").await.unwrap().len()), (7, 5));
    let rest = record.cases_after(cases[4].case_id.as_str()).await.unwrap();
    assert_eq!(rest, cases[5..]);
    assert_eq!(cases[1].propensity, 0.5);
    let totals = record.totals().await.unwrap();
    assert_eq!((totals.outbox_pending, totals.outbox_dead), (4, 0));
    assert_eq!(totals.outbox_oldest, Some(at(10)));
    assert_eq!(totals.standings, [(Standing::Cleared, 1), (Standing::Unjudged, 6)]);
}
