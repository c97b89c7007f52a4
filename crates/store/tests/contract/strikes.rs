//! Clauses of `CaseDesk` on strikes.

use crate::fixtures::{DAY, at, bob, commit, judge, judge_for, ladder, policy, report};
use crate::{Backend, Ports};
use cordon_enforce::accounts::StrikeTally;
use cordon_enforce::ports::{AuditLog, CaseDesk};
use cordon_model::account::Standing;
use cordon_model::decision::{Decision, DecisionKind};
use cordon_model::entity::Source;
use cordon_model::ids::AccountId;
use cordon_model::policy::Policy;

fn a() -> AccountId {
    "a".into()
}

/// One strike each for 90 days, and the ladder of the fixtures.
async fn put_weighty_policy<R: Ports>(record: &R) {
    let weighty = Policy { strike_weight: 1, strike_days: Some(90), ..policy(1) };
    record.put_policy(&weighty, &"admin".into(), at(0)).await.unwrap();
    record.put_ladder(&ladder(), &"admin".into(), at(0)).await.unwrap();
}

/// Reports the account as a partner, so that it is news, and warns it on that day.
async fn warn_on<R: Ports>(record: &R, day: i64) -> Decision {
    commit(record, vec![report("a", Source::Partner, day * DAY)], day * DAY).await;
    judge(record, "a", DecisionKind::Warn, day * DAY + 1).await.0
}

async fn tally_on<R: Ports>(record: &R, day: i64) -> StrikeTally {
    record.fetch_strikes(&a(), at(day * DAY + 2)).await.unwrap()
}

pub(crate) async fn strikes_expire_and_an_overturned_decision_is_none<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    put_weighty_policy(&record).await;
    assert_eq!(tally_on(&record, 0).await.points, 0, "an account that nobody ever heard of");
    let first = warn_on(&record, 1).await;
    commit(&record, vec![report("a", Source::Partner, 40 * DAY)], 40 * DAY).await;
    let second = judge_for(&record, "a", (DecisionKind::Restrict, 30), 40 * DAY + 1).await;

    let both = tally_on(&record, 40).await;
    let named: Vec<_> = both.strikes.iter().map(|strike| &strike.decision_id).collect();
    assert_eq!(named, [&first.decision_id, &second.decision_id]);
    assert_eq!(both.strikes[0].expires_at, Some(first.decided_at.plus_seconds(90 * DAY)));
    assert_eq!((both.points, both.reached, both.next), (2, ladder().reached(2), ladder().next(2)));
    assert_eq!((tally_on(&record, 90).await.points, tally_on(&record, 91).await.points), (2, 1));

    record.overturn(&second.decision_id, &bob(), "mistaken", at(41 * DAY)).await.unwrap();
    let left = tally_on(&record, 41).await;
    assert_eq!((left.strikes, left.points, left.reached), (both.strikes[..1].to_vec(), 1, None));
    assert_eq!(tally_on(&record, 91).await, StrikeTally { next: ladder().next(0), ..StrikeTally::default() });
}

pub(crate) async fn a_decision_milder_than_the_ladder_opens_a_case_and_does_nothing_else<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    put_weighty_policy(&record).await;
    warn_on(&record, 1).await;
    assert_eq!(record.fetch_open_case(&a()).await.unwrap(), None, "one strike reaches no step");
    let second = warn_on(&record, 2).await;
    let follow_up = record.fetch_open_case(&a()).await.unwrap().unwrap();
    assert_eq!((follow_up.opened_by, follow_up.opened_at), (Source::Strikes, second.decided_at));
    let file = record.fetch_case(&follow_up.case_id).await.unwrap().unwrap();
    let proposed = "second strike under terrorism in 2 days, 2 points in all: the ladder proposes to restrict for 7 days";
    assert_eq!((file.case.evidence[0].text.as_str(), file.case.evidence.len()), (proposed, 3));
    assert_eq!(
        (file.actions.len(), file.account.standing),
        (2, Standing::Violating),
        "two warnings and nothing more"
    );
    let opened = file.audit.iter().find(|one| one.verb == "case.opened" && one.actor == "system").unwrap();
    assert!(opened.details.contains("strikes"), "{opened:?}");

    // Who looks at it may leave it at that: then no further case opens, and nothing is learned of the account.
    let outbox = backend.count("outbox").await;
    judge(&record, "a", DecisionKind::NoViolation, 3 * DAY).await;
    assert_eq!(backend.count("outbox").await, outbox);
    assert_eq!((tally_on(&record, 3).await.points, record.fetch_open_case(&a()).await.unwrap()), (2, None));

    // The third strike reaches the next step, and the suspension that follows is no strike of its own.
    warn_on(&record, 4).await;
    let suspension = judge_for(&record, "a", (DecisionKind::Suspend, 7), 5 * DAY).await;
    assert_eq!(suspension.sources.iter().collect::<Vec<_>>(), [Source::Strikes]);
    assert_eq!((tally_on(&record, 5).await.points, record.fetch_open_case(&a()).await.unwrap()), (3, None));

    // A suspended account gets none, however mild the decision on it.
    commit(&record, vec![report("a", Source::Authority, 6 * DAY)], 6 * DAY).await;
    judge(&record, "a", DecisionKind::Warn, 6 * DAY).await;
    assert_eq!((tally_on(&record, 6).await.points, record.fetch_open_case(&a()).await.unwrap()), (4, None));
    assert!(record.verify_audit(None).await.unwrap().is_ok());
}
