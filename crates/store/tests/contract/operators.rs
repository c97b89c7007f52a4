//! Clauses of `Operators`.

use crate::fixtures::at;
use crate::{Backend, Ports};
use cordon_enforce::Refusal;
use cordon_enforce::ports::{NewToken, Operators, StoreError};
use cordon_model::ids::TokenId;
use cordon_model::operator::{Operator, Role, TokenSecret};

fn operator(is_disabled: bool) -> Operator {
    Operator { operator_id: "alice".into(), display_name: "Alice".into(), role: Role::Reviewer, is_disabled }
}

async fn create<R: Ports>(record: &R, token_id: &str, byte: u8) -> TokenSecret {
    let secret = TokenSecret::from_bytes([byte; 32]);
    let expires_at = Some(at(100));
    let new = NewToken {
        token_id: token_id.into(),
        operator_id: "alice".into(),
        secret: secret.clone(),
        expires_at,
    };
    record.create_token(new, &"admin".into(), at(0)).await.unwrap();
    secret
}

async fn opens<R: Ports>(record: &R, secret: &TokenSecret, seconds: i64) -> bool {
    record.authenticate(&secret.reveal(), at(seconds)).await.unwrap().is_some()
}

pub(crate) async fn a_token_opens_until_it_expires_or_is_revoked<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    let admin = "admin".into();
    record.put_operator(&operator(false), &admin, at(0)).await.unwrap();
    let (one, two) = (create(&record, "one", 1).await, create(&record, "two", 2).await);
    let found = record.authenticate(&one.reveal(), at(99)).await.unwrap().unwrap();
    assert_eq!(found, operator(false));
    assert!(!opens(&record, &one, 100).await);
    record.revoke_token(&TokenId::from("one"), &admin, at(5)).await.unwrap();
    assert!(!opens(&record, &one, 6).await && opens(&record, &two, 6).await);
    let again = record.revoke_token(&TokenId::from("one"), &admin, at(6)).await;
    assert!(matches!(again, Err(StoreError::Refused(Refusal::TokenUnknown { .. }))));
    record.put_operator(&operator(true), &admin, at(7)).await.unwrap();
    assert!(!opens(&record, &two, 8).await);
    assert_eq!(record.list_tokens(&"alice".into()).await.unwrap()[0].revoked_at, Some(at(5)));
    assert_eq!(record.list_operators().await.unwrap(), [operator(true)]);
}

pub(crate) async fn the_record_never_holds_a_secret<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    record.put_operator(&operator(false), &"admin".into(), at(0)).await.unwrap();
    create(&record, "one", 0xab).await;
    assert_eq!(backend.count("tokens WHERE digest LIKE '%abababab%'").await, 0);
    assert_eq!(backend.count("audit WHERE details LIKE '%abababab%'").await, 0);
    assert_eq!(backend.count("tokens WHERE length(digest) = 64").await, 1);
}

pub(crate) async fn a_wrong_token_is_looked_up_like_a_right_one<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    record.put_operator(&operator(false), &"admin".into(), at(0)).await.unwrap();
    let secret = create(&record, "one", 7).await;
    let digest = cordon_enforce::operators::token_digest(&secret.reveal());
    for wrong in ["", "cordon_", "cordon_0707", &digest, &secret.reveal().to_uppercase()] {
        assert_eq!(record.authenticate(wrong, at(1)).await.unwrap(), None, "{wrong:?}");
    }
    let stranger = NewToken { token_id: "x".into(), operator_id: "nobody".into(), secret, expires_at: None };
    let refused = record.create_token(stranger, &"admin".into(), at(1)).await;
    assert!(matches!(refused, Err(StoreError::Refused(Refusal::OperatorUnknown { .. }))));
}
