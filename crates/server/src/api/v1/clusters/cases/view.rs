//! Cluster cases as the API shows them.

use crate::api::names;
use crate::api::v1::cases::view::{Audit, Case};
use crate::api::v1::evidence::{Evidence, shown};
use cordon_enforce::ports;
use cordon_model::cluster_case::{self, ClusterCloseReason, ClusterKind, ClusterStatus};
use serde::Serialize;
use utoipa::ToSchema;

/// Accounts that were proposed together, reviewed side by side. It decides nothing: its members' cases do.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ClusterCase {
    /// Its name: that of the cluster, and which of its reviews this is.
    cluster_case_id: String,
    /// The cluster: a hash of kind, window and members; another name than a found cluster's.
    cluster_hash: String,
    /// How the cluster was found.
    #[schema(schema_with = names::cluster_kind)]
    kind: ClusterKind,
    /// Seconds within which its members acted together; null where no window was set.
    window_seconds: Option<u32>,
    /// Bits: how unlikely chance is to tie these accounts together; says nothing of a violation.
    weight: f64,
    /// Pairs of members that are tied together, of all: `0.0..=1.0`.
    density: f64,
    /// The first thing done together.
    first: Option<String>,
    /// The last one.
    last: Option<String>,
    /// Distinct days; 0 where not known.
    days: u32,
    /// When it was opened.
    opened_at: String,
    /// By whom.
    opened_by: String,
    /// `closed` once every member's case has ended.
    #[schema(schema_with = names::cluster_status)]
    status: ClusterStatus,
    /// When the last of them ended.
    closed_at: Option<String>,
    /// `decided` where every member was, `ended` where some ended without a decision.
    #[schema(schema_with = names::cluster_close_reason)]
    close_reason: Option<ClusterCloseReason>,
    /// Accounts in it.
    member_count: u32,
    /// What the members share, as it was seen when the case was opened. Empty in lists, and once a member was erased.
    evidence: Vec<Evidence>,
}

/// Everything about one cluster case.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ClusterCaseFile {
    /// The case, with its evidence.
    cluster_case: ClusterCase,
    /// Those that belong most strongly first.
    members: Vec<ClusterMember>,
    /// What the audit says of it, newest first.
    audit: Vec<Audit>,
}

/// A member of a cluster case.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ClusterMember {
    /// The account.
    account_id: String,
    /// Bits that tie it to the others.
    belonging: f64,
    /// Members it is tied to.
    partners: u32,
    /// Objects that it shares with other members.
    objects: u32,
    /// How it stands.
    #[schema(schema_with = names::standing)]
    standing: &'static str,
    /// Its case, without evidence; null where it was suspended already.
    case: Option<Case>,
}

impl From<cluster_case::ClusterCase> for ClusterCase {
    fn from(case: cluster_case::ClusterCase) -> Self {
        Self {
            cluster_case_id: case.cluster_case_id.0,
            cluster_hash: case.cluster_id,
            kind: case.kind,
            window_seconds: case.window_seconds,
            weight: case.weight,
            density: case.density,
            first: case.first.map(|at| at.to_string()),
            last: case.last.map(|at| at.to_string()),
            days: case.days,
            opened_at: case.opened_at.to_string(),
            opened_by: case.opened_by.0,
            status: case.status,
            closed_at: case.closed_at.map(|at| at.to_string()),
            close_reason: case.close_reason,
            member_count: case.member_count,
            evidence: shown(case.evidence),
        }
    }
}

impl From<ports::ClusterMemberFile> for ClusterMember {
    fn from(file: ports::ClusterMemberFile) -> Self {
        let share = file.member.share;
        Self {
            account_id: file.member.account_id.0,
            belonging: share.belonging,
            partners: share.partners,
            objects: share.objects,
            standing: names::standing_name(file.standing),
            case: file.case.map(Case::from),
        }
    }
}

impl From<ports::ClusterCaseFile> for ClusterCaseFile {
    fn from(file: ports::ClusterCaseFile) -> Self {
        Self {
            cluster_case: file.cluster_case.into(),
            members: file.members.into_iter().map(ClusterMember::from).collect(),
            audit: file.audit.into_iter().map(|record| Audit::blind(record, false)).collect(),
        }
    }
}
