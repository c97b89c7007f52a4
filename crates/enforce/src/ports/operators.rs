//! Who may do something.

use super::StoreError;
use async_trait::async_trait;
use cordon_model::clock::Timestamp;
use cordon_model::ids::{OperatorId, TokenId};
use cordon_model::operator::{Operator, Token, TokenSecret};

/// A token to be made.
#[derive(Clone, Debug)]
pub struct NewToken {
    /// Its name in lists.
    pub token_id: TokenId,
    /// Whose.
    pub operator_id: OperatorId,
    /// The secret, drawn by the caller; only its digest is kept.
    pub secret: TokenSecret,
    /// When it ceases to count; `None` for never.
    pub expires_at: Option<Timestamp>,
}

/// Operators and their tokens. `by` is who does it, for the audit.
///
/// Contract:
/// - `a_token_opens_until_it_expires_or_is_revoked`, or its operator is disabled;
/// - `the_record_never_holds_a_secret`;
/// - `a_wrong_token_is_looked_up_like_a_right_one`: by the digest of the whole text, whatever it looks like.
#[async_trait]
pub trait Operators: Send + Sync {
    /// Adds an operator, or changes name, role or state of a known one.
    async fn put_operator(
        &self,
        operator: &Operator,
        by: &OperatorId,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// All operators, by id, at most [`cordon_model::limits::PAGE_MAX`].
    async fn list_operators(&self) -> Result<Vec<Operator>, StoreError>;

    /// Makes a token.
    ///
    /// Errors: [`crate::Refusal::OperatorUnknown`], [`crate::Refusal::TokenTaken`].
    async fn create_token(&self, new: NewToken, by: &OperatorId, now: Timestamp)
    -> Result<Token, StoreError>;

    /// An operator's tokens, by id, revoked and expired ones included.
    async fn list_tokens(&self, operator_id: &OperatorId) -> Result<Vec<Token>, StoreError>;

    /// Ends a token.
    ///
    /// Errors: [`crate::Refusal::TokenUnknown`].
    async fn revoke_token(
        &self,
        token_id: &TokenId,
        by: &OperatorId,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// The operator whose token this text is at `now`; `None` for any text that opens nothing.
    async fn authenticate(&self, text: &str, now: Timestamp) -> Result<Option<Operator>, StoreError>;
}
