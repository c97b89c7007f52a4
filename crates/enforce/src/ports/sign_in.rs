//! How operators prove who they are by a password and a second factor.

use super::StoreError;
use crate::sign_in::{Credentials, Proof};
use async_trait::async_trait;
use cordon_model::clock::Timestamp;
use cordon_model::ids::OperatorId;
use cordon_model::operator::Operator;

/// Whom a session by a password stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionOperator {
    /// The operator as they are now.
    pub operator: Operator,
    /// Whether a second factor is in force.
    pub has_second_factor: bool,
}

/// Passwords, second factors and what sessions by them stand for. `by` is who does it, for the audit, which never
/// holds a secret.
///
/// Contract:
/// - `a_password_opens_sessions_until_it_changes_or_its_operator_is_disabled`;
/// - `a_code_and_a_recovery_code_count_once`;
/// - `a_second_factor_holds_once_it_is_confirmed_until_it_is_reset`;
/// - `signing_in_and_failing_to_are_audited_alike`: what was wrong is not said.
#[async_trait]
pub trait SignIn: Send + Sync {
    /// How an operator signs in; `None` for an unknown or disabled one, or one without a password.
    async fn fetch_credentials(&self, operator_id: &OperatorId) -> Result<Option<Credentials>, StoreError>;

    /// Sets the password, in PHC form, and ends all sessions by the one before. The new generation.
    ///
    /// Errors: [`crate::Refusal::OperatorUnknown`].
    async fn put_password(
        &self,
        operator_id: &OperatorId,
        password: &str,
        by: &OperatorId,
        now: Timestamp,
    ) -> Result<i64, StoreError>;

    /// Takes a proof, once; whether it holds still. Audited either way.
    async fn sign_in(&self, seen: &Credentials, proof: &Proof, now: Timestamp) -> Result<bool, StoreError>;

    /// Audits an attempt that proved nothing; `None` where nobody is named so: what was typed may be a secret.
    async fn refuse_sign_in(
        &self,
        operator_id: Option<&OperatorId>,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// For whom a session of this generation stands; `None` once it has ended.
    async fn session_operator(
        &self,
        operator_id: &OperatorId,
        generation: i64,
    ) -> Result<Option<SessionOperator>, StoreError>;

    /// Keeps the secret (Base32) of a second factor that is to be confirmed.
    ///
    /// Errors: [`crate::Refusal::SecondFactorUnfit`] without a password, or with a second factor in force.
    async fn enrol_second_factor(
        &self,
        operator_id: &OperatorId,
        secret: &str,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Puts the pending second factor in force, by the code of `step`; `recovery` are the digests of its codes.
    ///
    /// Errors: [`crate::Refusal::SecondFactorUnfit`] where another or none is pending.
    async fn confirm_second_factor(
        &self,
        seen: &Credentials,
        step: i64,
        recovery: &[String],
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Takes a second factor and its recovery codes away, and ends the operator's sessions by a password.
    ///
    /// Errors: [`crate::Refusal::SecondFactorUnfit`] where there is none.
    async fn reset_second_factor(
        &self,
        operator_id: &OperatorId,
        by: &OperatorId,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Ends everything that an operator may do: sessions and tokens, for good; another token may be made once they are
    /// enabled again.
    ///
    /// Errors: [`crate::Refusal::OperatorUnknown`].
    async fn disable_operator(
        &self,
        operator_id: &OperatorId,
        by: &OperatorId,
        now: Timestamp,
    ) -> Result<(), StoreError>;
}
