//! Clauses of `Policies`.

use crate::Backend;
use crate::fixtures::{at, ladder, policy};
use cordon_enforce::Refusal;
use cordon_enforce::ports::{Policies, StoreError};
use cordon_model::ladder::Ladder;
use cordon_model::policy::Policy;

pub(crate) async fn a_policy_version_never_changes_its_text<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    let admin = "admin".into();
    record.put_policy(&policy(1), &admin, at(0)).await.unwrap();
    let others = [
        Policy { text: "Anything goes.".into(), ..policy(1) },
        Policy { strike_weight: 2, ..policy(1) },
        Policy { strike_days: Some(30), ..policy(1) },
    ];
    for other in others {
        let refused = record.put_policy(&other, &admin, at(1)).await;
        assert!(matches!(refused, Err(StoreError::Refused(Refusal::PolicyConflict { .. }))), "{refused:?}");
    }
    record.put_policy(&policy(2), &admin, at(2)).await.unwrap();
    let retired = Policy { is_retired: true, ..policy(2) };
    record.put_policy(&retired, &admin, at(3)).await.unwrap();
    let current = record.fetch_current_policy(&"terrorism".into()).await.unwrap();
    assert_eq!(current, Some(policy(1)));
    assert_eq!(record.list_policies().await.unwrap(), [policy(1), retired.clone()]);
    assert_eq!(record.fetch_policy(&retired.reference()).await.unwrap(), Some(retired));
}

pub(crate) async fn putting_the_same_policy_again_changes_nothing<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    for second in 0..3 {
        record.put_policy(&policy(1), &"admin".into(), at(second)).await.unwrap();
    }
    assert_eq!((backend.count("policies").await, backend.count("audit").await), (1, 1));
}

pub(crate) async fn a_ladder_replaces_the_one_before_and_says_so_once<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    assert_eq!(record.fetch_ladder().await.unwrap(), Ladder::default());
    for second in 0..3 {
        record.put_ladder(&ladder(), &"admin".into(), at(second)).await.unwrap();
    }
    assert_eq!(record.fetch_ladder().await.unwrap(), ladder());
    assert_eq!((backend.count("ladder_steps").await, backend.count("audit").await), (2, 1));
    let lower = Ladder::new(ladder().steps()[..1].to_vec()).unwrap();
    record.put_ladder(&lower, &"admin".into(), at(4)).await.unwrap();
    assert_eq!(record.fetch_ladder().await.unwrap(), lower);
    record.put_ladder(&Ladder::default(), &"admin".into(), at(5)).await.unwrap();
    assert_eq!((backend.count("ladder_steps").await, backend.count("audit").await), (0, 3));
}
