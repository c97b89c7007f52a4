//! Why a command is not carried out.

use cordon_model::ids::{AccountId, CaseId, ClaimId, ClusterCaseId, DecisionId, OperatorId, TokenId};
use cordon_model::policy::PolicyRef;

/// A command that the rules forbid. Nothing has changed; the variant says what the caller can do about it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No such policy version, or it is retired: cite another.
    #[error("{policy} is unknown or retired")]
    PolicyUnknown {
        /// What was cited.
        policy: PolicyRef,
    },
    /// The policy version exists with another text: give the new text a new version.
    #[error("{policy} exists with another text")]
    PolicyConflict {
        /// Which version.
        policy: PolicyRef,
    },
    /// No such case.
    #[error("case {case_id} is unknown")]
    CaseUnknown {
        /// Which.
        case_id: CaseId,
    },
    /// Somebody else holds it: take another, or wait for the claim to lapse.
    #[error("case {case_id} is claimed by {operator_id}")]
    CaseClaimed {
        /// Which.
        case_id: CaseId,
        /// By whom.
        operator_id: OperatorId,
    },
    /// The claim lapsed, was released, or was never this operator's: claim again.
    #[error("claim {claim_id} on case {case_id} does not hold")]
    ClaimLost {
        /// On which case.
        case_id: CaseId,
        /// Which claim.
        claim_id: ClaimId,
    },
    /// A case is decided once: look at the decision that stands.
    #[error("case {case_id} is decided by {decision_id}")]
    CaseDecided {
        /// Which.
        case_id: CaseId,
        /// By which decision.
        decision_id: DecisionId,
    },
    /// The case was closed without a decision.
    #[error("case {case_id} is closed")]
    CaseClosed {
        /// Which.
        case_id: CaseId,
    },
    /// The case has as many notes as it may.
    #[error("case {case_id} has {max} notes, and no room for more: write it into the decision's rationale", max = cordon_model::limits::CASE_NOTES_MAX)]
    NotesFull {
        /// Which.
        case_id: CaseId,
    },
    /// Nobody to pass a case to.
    #[error("{operator_id} is unknown, disabled, may not review, or is yourself: name another operator")]
    OperatorUnfit {
        /// Who was named.
        operator_id: OperatorId,
    },
    /// No such cluster case.
    #[error("cluster case {cluster_case_id} is unknown")]
    ClusterCaseUnknown {
        /// Which.
        cluster_case_id: ClusterCaseId,
    },
    /// Every member's case has ended.
    #[error("cluster case {cluster_case_id} is closed: every member's case has ended")]
    ClusterCaseClosed {
        /// Which.
        cluster_case_id: ClusterCaseId,
    },
    /// Too few or too many accounts, or one of them twice.
    #[error("a cluster case has 2 to {max} members, each once, not {members}: narrow the window, or ask for more shared objects or days", max = cordon_model::limits::CLUSTER_CASE_MEMBERS_MAX)]
    ClusterMembersInvalid {
        /// How many distinct ones there are.
        members: usize,
    },
    /// Nothing that the members share is named.
    #[error("a cluster case needs evidence that its members share")]
    ClusterUnfounded,
    /// Every member is suspended already, and none of them has an open case.
    #[error("every member is suspended already: nothing is left to review")]
    ClusterSettled,
    /// The account is none of the cluster case's, or had no case to decide.
    #[error("case {case_id} is none of cluster case {cluster_case_id}")]
    ClusterMemberUnknown {
        /// Of which cluster case.
        cluster_case_id: ClusterCaseId,
        /// Which case.
        case_id: CaseId,
    },
    /// Too few or too many decisions at once, or two on one case.
    #[error("1 to {max} members are decided at once, each once, not {count}", max = cordon_model::limits::CLUSTER_DECISIONS_MAX)]
    ClusterDecisionsInvalid {
        /// How many distinct ones there are.
        count: usize,
    },
    /// A decision rests on at least one row of evidence.
    #[error("a decision needs at least one piece of evidence")]
    EvidenceMissing,
    /// A decision has a decider with a name.
    #[error("a decision needs a named decider")]
    DeciderMissing,
    /// A reason or rationale is empty or longer than `limits::TEXT_CHARS_MAX`.
    #[error("a reason has 1 to {max} characters, not {chars}", max = cordon_model::limits::TEXT_CHARS_MAX)]
    ReasonInvalid {
        /// How long it is.
        chars: usize,
    },
    /// A decision to label names the label.
    #[error("a decision to label needs a label")]
    LabelMissing,
    /// A time that is none, or too long.
    #[error("a decision is for 1 to {max} days, not {days}: leave the days out for one without an end", max = cordon_model::limits::SANCTION_DAYS_MAX)]
    DaysInvalid {
        /// How many days were asked for.
        days: u32,
    },
    /// What was decided lasts no time that could be over.
    #[error("only restrict and suspend may be for days, not {kind}: leave the days out")]
    DaysUnfit {
        /// The decision's kind.
        kind: &'static str,
    },
    /// Closing an account for good is for a lead or an admin.
    #[error(
        "only a lead or an admin may terminate an account, not {operator_id}: suspend it, and let them look"
    )]
    TerminationForbidden {
        /// Who tried.
        operator_id: OperatorId,
    },
    /// What was closed for good is not restored as a suspension is.
    #[error("the account is terminated by {decision_id}, which only overturning takes back")]
    TerminationFinal {
        /// The decision in force.
        decision_id: DecisionId,
    },
    /// No such decision.
    #[error("decision {decision_id} is unknown")]
    DecisionUnknown {
        /// Which.
        decision_id: DecisionId,
    },
    /// A decision is overturned once.
    #[error("decision {decision_id} is overturned already")]
    DecisionOverturned {
        /// Which.
        decision_id: DecisionId,
    },
    /// The record knows nothing of the account.
    #[error("account {account_id} is unknown to the record")]
    AccountUnknown {
        /// Which.
        account_id: AccountId,
    },
    /// The account has no legal hold to lift.
    #[error("account {account_id} is under no legal hold")]
    NoLegalHold {
        /// Which.
        account_id: AccountId,
    },
    /// No such outbox row, or it is not in a state that the command fits.
    #[error("outbox row {key} is not there to be handled")]
    OutboxRowUnknown {
        /// Its idempotency key.
        key: String,
    },
    /// A dead letter about something that later deliveries have overtaken: sending it now would undo them.
    #[error("outbox row {key} is overtaken by {newer_key}")]
    OutboxRowOvertaken {
        /// The dead letter.
        key: String,
        /// A later row of the same stream that was delivered.
        newer_key: String,
    },
    /// No such operator.
    #[error("operator {operator_id} is unknown")]
    OperatorUnknown {
        /// Which.
        operator_id: OperatorId,
    },
    /// A second factor goes with a password, is confirmed once, and is in force or not.
    #[error("the second factor of {operator_id} cannot be so changed: {what}")]
    SecondFactorUnfit {
        /// Whose.
        operator_id: OperatorId,
        /// What stands in the way.
        what: &'static str,
    },
    /// No such token, or it is revoked already.
    #[error("token {token_id} is unknown or revoked")]
    TokenUnknown {
        /// Which.
        token_id: TokenId,
    },
    /// The token's name or secret is taken.
    #[error("token {token_id} exists")]
    TokenTaken {
        /// Which.
        token_id: TokenId,
    },
    /// An appeal cannot be so commanded.
    #[error(transparent)]
    Appeal(#[from] crate::appeals::AppealRefusal),
    /// A second look cannot be so commanded.
    #[error(transparent)]
    Quality(#[from] crate::quality::QualityRefusal),
    /// What was said of how to tell an account cannot be.
    #[error("the notice settings cannot be: {what}")]
    NoticeInvalid {
        /// What to mend.
        what: String,
    },
    /// A batch cannot be so commanded.
    #[error(transparent)]
    Batch(#[from] crate::bulk::BatchRefusal),
    /// The page cursor is not one that was handed out.
    #[error("the page cursor is not one that was handed out")]
    CursorInvalid,
}
