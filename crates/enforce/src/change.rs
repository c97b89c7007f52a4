//! What a pure function asks the record to write, beside the next state itself.

use crate::outbox::NewOutboxRow;
use cordon_model::account::Standing;
use cordon_model::action::Action;
use cordon_model::appeal::Appeal;
use cordon_model::case::{Claim, Incarnation, ReportStatus};
use cordon_model::case_note::CaseNote;
use cordon_model::clock::Timestamp;
use cordon_model::cluster_case::{ClusterCase, ClusterCloseReason, ClusterMember};
use cordon_model::decision::{Decision, Overturn};
use cordon_model::effect::Candidate;
use cordon_model::entity::Source;
use cordon_model::hold::Hold;
use cordon_model::ids::{AccountId, CaseId, ClusterCaseId, DecisionId, OperatorId, QueueId, ReportId};
use cordon_model::report::Report;
use cordon_model::statement::Statement;

/// What became of a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CandidateFate {
    /// It opened a case.
    Opened,
    /// It joined the open case.
    Merged,
    /// The account is suspended: nothing is left to surface.
    IgnoredSuspended,
    /// Reviewers cleared the account lately, on evidence about as heavy.
    IgnoredCleared,
}

impl CandidateFate {
    /// The fate's name in columns and JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Merged => "merged",
            Self::IgnoredSuspended => "ignored_suspended",
            Self::IgnoredCleared => "ignored_cleared",
        }
    }
}

/// One change: a row to add or amend, and an audit note (see [`crate::audit::note`]).
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// A report goes into the record.
    ReportFiled {
        /// Its name.
        report_id: ReportId,
        /// As it came.
        report: Report,
        /// What became of it.
        status: ReportStatus,
        /// The case that holds it.
        case_id: Option<CaseId>,
    },
    /// A report that waited for its account waits no longer.
    ReportSettled {
        /// Which.
        report_id: ReportId,
        /// On whom.
        account_id: AccountId,
        /// What became of it.
        status: ReportStatus,
        /// The case that holds it.
        case_id: Option<CaseId>,
    },
    /// A candidate was taken in or passed over.
    CandidateWeighed {
        /// The name of the effect that proposed it.
        effect_id: String,
        /// As it came.
        candidate: Candidate,
        /// What became of it.
        fate: CandidateFate,
        /// The case that holds it.
        case_id: Option<CaseId>,
    },
    /// A case opened; the case itself is in the state.
    CaseOpened {
        /// Which.
        case_id: CaseId,
        /// About whom.
        account_id: AccountId,
        /// What opened it.
        source: Source,
    },
    /// A report or candidate joined an open case.
    CaseMerged {
        /// Which.
        case_id: CaseId,
        /// About whom.
        account_id: AccountId,
        /// What joined.
        source: Source,
    },
    /// A case closed without a decision.
    CaseClosed {
        /// Which.
        case_id: CaseId,
        /// About whom.
        account_id: AccountId,
    },
    /// Somebody took a lease on a case, or took it anew.
    CaseClaimed {
        /// Which.
        case_id: CaseId,
        /// The lease.
        claim: Claim,
    },
    /// A lease was prolonged.
    ClaimRenewed {
        /// On which case.
        case_id: CaseId,
        /// The lease.
        claim: Claim,
    },
    /// A lease was given back.
    CaseReleased {
        /// Which.
        case_id: CaseId,
        /// The lease.
        claim: Claim,
    },
    /// Somebody who held a case passed it to somebody else.
    CaseHandedOver {
        /// Which.
        case_id: CaseId,
        /// The other's lease.
        claim: Claim,
    },
    /// Somebody who held a case put it into the leads' queue.
    CaseEscalated {
        /// Which.
        case_id: CaseId,
        /// Where it waited before.
        from: QueueId,
    },
    /// Somebody wrote a note on a case.
    NoteWritten(CaseNote),
    /// Accounts that were proposed together are reviewed side by side.
    ClusterCaseOpened {
        /// The review.
        cluster_case: ClusterCase,
        /// The accounts, those that belong most strongly first.
        members: Vec<ClusterMember>,
    },
    /// Somebody took one lease on members' cases; the leases themselves are changes of those.
    ClusterCaseClaimed {
        /// Which.
        cluster_case_id: ClusterCaseId,
        /// The lease.
        claim: Claim,
        /// How often the cluster case has been claimed by now.
        claim_count: u32,
        /// Cases under the lease.
        cases: usize,
    },
    /// Every member's case has ended.
    ClusterCaseClosed {
        /// Which.
        cluster_case_id: ClusterCaseId,
        /// When.
        closed_at: Timestamp,
        /// Why.
        reason: ClusterCloseReason,
    },
    /// An account is probably held by the holder of a suspended one.
    IncarnationProposed(Incarnation),
    /// A decision was made.
    DecisionMade(Decision),
    /// A decision no longer stands.
    DecisionOverturned {
        /// Which.
        decision_id: DecisionId,
        /// About whom.
        account_id: AccountId,
        /// By whom, when, why.
        overturn: Overturn,
    },
    /// The time that a decision had set is over: what it did to the account has ended, the decision stands.
    DecisionEnded {
        /// Which.
        decision_id: DecisionId,
        /// About whom.
        account_id: AccountId,
        /// When that was found.
        ended_at: Timestamp,
    },
    /// An action was taken or taken back.
    ActionTaken(Action),
    /// An account's standing changed.
    StandingChanged {
        /// Whose.
        account_id: AccountId,
        /// Before.
        from: Standing,
        /// Now.
        to: Standing,
    },
    /// Rules limited an account's reach for a while.
    HoldBegun(Hold),
    /// A decision ended a hold before it was over by itself.
    HoldEnded(Hold),
    /// A statement of reasons was made, or the notice of one that was withheld has left.
    StatementMade(Statement),
    /// An appeal came, or moved on.
    AppealMoved {
        /// What happened, as the audit calls it.
        verb: &'static str,
        /// The appeal as it stands now.
        appeal: Appeal,
    },
    /// Something must leave the house.
    Queued(NewOutboxRow),
    /// Whether a single reviewer may act on an account changed.
    ProtectionChanged {
        /// Whose.
        account_id: AccountId,
        /// Whether a single reviewer may not.
        is_protected: bool,
        /// By whom.
        by: OperatorId,
    },
    /// An account's data may not be erased.
    LegalHoldPlaced {
        /// Whose.
        account_id: AccountId,
        /// By whom.
        by: OperatorId,
    },
    /// An account's data may be erased again.
    LegalHoldLifted {
        /// Whose.
        account_id: AccountId,
        /// By whom.
        by: OperatorId,
    },
    /// Texts and evidence of the account go out of the record, as far as they came before `before`.
    AccountErased {
        /// Whose.
        account_id: AccountId,
        /// The effect that asked, as its text; reports and candidates named below it are scrubbed. `None`: all.
        before: Option<String>,
    },
    /// An erasure was asked for and a legal hold forbade it.
    ErasureWithheld {
        /// Whose.
        account_id: AccountId,
    },
}
