//! Why a command on a batch is not carried out.

use cordon_model::ids::{AccountId, BatchId, OperatorId};
use cordon_model::limits;

/// A command on a batch that the rules forbid; nothing has changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BatchRefusal {
    /// No such batch.
    #[error("batch {batch_id} is unknown")]
    Unknown {
        /// Which.
        batch_id: BatchId,
    },
    /// The name is taken.
    #[error("batch {batch_id} exists")]
    Taken {
        /// Which.
        batch_id: BatchId,
    },
    /// The proposal cannot be: the text says what to mend.
    #[error("the batch cannot be proposed: {what}")]
    Invalid {
        /// What is wrong.
        what: String,
    },
    /// The batch is in a state that the command does not fit.
    #[error("batch {batch_id} is {status}, which does not allow this")]
    Status {
        /// Which.
        batch_id: BatchId,
        /// Its state.
        status: &'static str,
    },
    /// The proposer may not judge or approve what they proposed.
    #[error("{operator_id} proposed the batch: another person must do this")]
    SamePerson {
        /// Who.
        operator_id: OperatorId,
    },
    /// Only a lead or an admin may.
    #[error("{operator_id} is neither lead nor admin")]
    Role {
        /// Who.
        operator_id: OperatorId,
    },
    /// The list is another one than was looked at: look again.
    #[error("the batch's list has the hash {found}, not {expected}: it has changed")]
    ListChanged {
        /// What the command named.
        expected: String,
        /// What it is.
        found: String,
    },
    /// The account was not drawn into the sample.
    #[error("account {account_id} is not in the sample")]
    NotSampled {
        /// Which.
        account_id: AccountId,
    },
    /// Somebody judged it before.
    #[error("account {account_id} is judged already")]
    Judged {
        /// Which.
        account_id: AccountId,
    },
    /// Nothing more can be drawn.
    #[error("no more can be drawn: the sample was drawn {max} times, or every member is in it", max = limits::BATCH_ROUNDS_MAX)]
    NothingToDraw,
    /// More actions within 24 hours than may be: wait, or break the glass.
    #[error(
        "{whose} may take {max} actions within 24 hours; {taken} are taken or under way, and the batch asks for {asked}"
    )]
    DailyLimit {
        /// `batches` together, or one person.
        whose: String,
        /// How many may be.
        max: u64,
        /// How many are.
        taken: u64,
        /// How many the batch has.
        asked: u64,
    },
}
