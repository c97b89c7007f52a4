//! Clauses of `Policies`.

use crate::Backend;
use crate::fixtures::{at, policy};
use cordon_enforce::Refusal;
use cordon_enforce::ports::{Policies, StoreError};
use cordon_model::policy::Policy;

pub(crate) async fn a_policy_version_never_changes_its_text<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    let admin = "admin".into();
    record.put_policy(&policy(1), &admin, at(0)).await.unwrap();
    let other = Policy { text: "Anything goes.".into(), ..policy(1) };
    let refused = record.put_policy(&other, &admin, at(1)).await;
    assert!(matches!(refused, Err(StoreError::Refused(Refusal::PolicyConflict { .. }))), "{refused:?}");
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
