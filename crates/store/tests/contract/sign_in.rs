//! Clauses of `SignIn`.

use crate::fixtures::at;
use crate::{Backend, Ports};
use cordon_enforce::Refusal;
use cordon_enforce::ports::{NewToken, Operators, SignIn, StoreError};
use cordon_enforce::sign_in::{Credentials, Proof};
use cordon_model::ids::OperatorId;
use cordon_model::operator::{Operator, Role, TokenSecret};

fn alice() -> OperatorId {
    "alice".into()
}

async fn add<R: Ports>(record: &R) -> i64 {
    let operator = Operator {
        operator_id: alice(),
        display_name: "Alice".into(),
        role: Role::Reviewer,
        is_disabled: false,
    };
    record.put_operator(&operator, &"admin".into(), at(0)).await.unwrap();
    record.put_password(&alice(), "hash-one", &"admin".into(), at(0)).await.unwrap()
}

async fn seen<R: Ports>(record: &R) -> Credentials {
    record.fetch_credentials(&alice()).await.unwrap().unwrap()
}

async fn is_open<R: Ports>(record: &R, generation: i64) -> bool {
    record.session_operator(&alice(), generation).await.unwrap().is_some()
}

fn is_unfit(outcome: Result<(), StoreError>) -> bool {
    matches!(outcome, Err(StoreError::Refused(Refusal::SecondFactorUnfit { .. })))
}

pub(crate) async fn a_password_opens_sessions_until_it_changes_or_its_operator_is_disabled<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    let admin = "admin".into();
    let stranger = record.put_password(&alice(), "hash", &admin, at(0)).await;
    assert!(matches!(stranger, Err(StoreError::Refused(Refusal::OperatorUnknown { .. }))));
    let first = add(&record).await;
    let before = seen(&record).await;
    assert_eq!((before.password.as_str(), before.generation), ("hash-one", first));
    assert!(record.sign_in(&before, &Proof::PasswordAlone, at(1)).await.unwrap());
    assert!(is_open(&record, first).await && !is_open(&record, first + 1).await);
    let second = record.put_password(&alice(), "hash-two", &alice(), at(2)).await.unwrap();
    assert!(!is_open(&record, first).await && is_open(&record, second).await);
    assert!(!record.sign_in(&before, &Proof::PasswordAlone, at(3)).await.unwrap());

    let secret = TokenSecret::from_bytes([1; 32]);
    let new =
        NewToken { token_id: "one".into(), operator_id: alice(), secret: secret.clone(), expires_at: None };
    record.create_token(new, &admin, at(4)).await.unwrap();
    record.disable_operator(&alice(), &admin, at(5)).await.unwrap();
    assert!(!is_open(&record, second).await);
    assert_eq!(record.fetch_credentials(&alice()).await.unwrap(), None);
    // Enabled again, neither comes back.
    let operator =
        Operator { operator_id: alice(), display_name: "A".into(), role: Role::Viewer, is_disabled: false };
    record.put_operator(&operator, &admin, at(6)).await.unwrap();
    assert!(!is_open(&record, second).await);
    assert_eq!(record.authenticate(&secret.reveal(), at(7)).await.unwrap(), None);
}

pub(crate) async fn a_code_and_a_recovery_code_count_once<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    add(&record).await;
    record.enrol_second_factor(&alice(), "SECRET", at(1)).await.unwrap();
    let recovery = ["digest-a".to_owned(), "digest-b".to_owned()];
    record.confirm_second_factor(&seen(&record).await, 10, &recovery, at(2)).await.unwrap();
    let now = seen(&record).await;
    let taken = async |proof: Proof| record.sign_in(&now, &proof, at(3)).await.unwrap();
    assert!(!taken(Proof::PasswordAlone).await);
    assert!(!taken(Proof::Step(10)).await && taken(Proof::Step(11)).await);
    assert!(!taken(Proof::Step(11)).await && !taken(Proof::Step(9)).await);
    assert!(taken(Proof::Recovery("digest-a".into())).await);
    assert!(!taken(Proof::Recovery("digest-a".into())).await);
    assert!(!taken(Proof::Recovery("digest-c".into())).await);
    assert_eq!(backend.count("recovery_codes").await, 1);
}

pub(crate) async fn a_second_factor_holds_once_it_is_confirmed_until_it_is_reset<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    assert!(is_unfit(record.enrol_second_factor(&alice(), "SECRET", at(0)).await));
    let generation = add(&record).await;
    assert!(is_unfit(record.confirm_second_factor(&seen(&record).await, 1, &[], at(0)).await));
    record.enrol_second_factor(&alice(), "FIRST", at(1)).await.unwrap();
    let first = seen(&record).await;
    assert!(record.sign_in(&first, &Proof::PasswordAlone, at(1)).await.unwrap());
    record.enrol_second_factor(&alice(), "SECOND", at(2)).await.unwrap();
    assert!(is_unfit(record.confirm_second_factor(&first, 1, &[], at(2)).await));
    record.confirm_second_factor(&seen(&record).await, 1, &["digest".to_owned()], at(3)).await.unwrap();
    assert!(is_unfit(record.enrol_second_factor(&alice(), "THIRD", at(4)).await));
    let session = record.session_operator(&alice(), generation).await.unwrap().unwrap();
    assert!(session.has_second_factor);

    record.reset_second_factor(&alice(), &"admin".into(), at(5)).await.unwrap();
    assert!(!is_open(&record, generation).await);
    assert_eq!(backend.count("recovery_codes").await, 0);
    assert!(is_unfit(record.reset_second_factor(&alice(), &"admin".into(), at(6)).await));
    assert!(record.sign_in(&seen(&record).await, &Proof::PasswordAlone, at(7)).await.unwrap());
}

pub(crate) async fn signing_in_and_failing_to_are_audited_alike<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    add(&record).await;
    let now = seen(&record).await;
    assert!(record.sign_in(&now, &Proof::PasswordAlone, at(1)).await.unwrap());
    assert!(!record.sign_in(&now, &Proof::Recovery("digest".into()), at(2)).await.unwrap());
    record.refuse_sign_in(Some(&alice()), at(3)).await.unwrap();
    record.refuse_sign_in(None, at(4)).await.unwrap();
    assert_eq!(backend.count("audit WHERE verb = 'operator.signed_in'").await, 1);
    let failed = "audit WHERE verb = 'operator.sign_in_failed' AND details = '{}'";
    assert_eq!(backend.count(failed).await, 3);
    assert_eq!(backend.count("audit WHERE details LIKE '%hash-one%'").await, 0);
}
