//! Clusters as the API shows them.

use crate::api::names;
use crate::api::v1::evidence::{Evidence, shown};
use cordon_pipeline::clusters::{ClusterView, MemberView};
use serde::Serialize;
use utoipa::ToSchema;

/// Accounts that act together, with what they share: a proposal for review, no finding.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Cluster {
    /// A name that the same members always have.
    cluster_id: String,
    /// Bits: how unlikely chance is to tie these accounts together.
    weight: f64,
    /// Pairs of members that are tied together, of all: `0.0..=1.0`.
    density: f64,
    /// The first thing done together; to the day where only days are known.
    first: Option<String>,
    /// The last one.
    last: Option<String>,
    /// Distinct days; 0 where not known.
    days: u32,
    /// Those that belong most strongly first.
    members: Vec<Member>,
    /// What the members share, the most first.
    evidence: Vec<Evidence>,
}

/// A member of a cluster.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Member {
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
    /// What ties it to the others, where the cluster was sought from an account.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    evidence: Vec<Evidence>,
}

impl From<ClusterView> for Cluster {
    fn from(cluster: ClusterView) -> Self {
        Self {
            cluster_id: cluster.cluster_id,
            weight: cluster.weight,
            density: cluster.density,
            first: cluster.first.map(|at| at.to_string()),
            last: cluster.last.map(|at| at.to_string()),
            days: cluster.days,
            members: cluster.members.into_iter().map(Member::from).collect(),
            evidence: shown(cluster.evidence),
        }
    }
}

impl From<MemberView> for Member {
    fn from(member: MemberView) -> Self {
        Self {
            account_id: member.account_id.0,
            belonging: member.belonging,
            partners: member.partners,
            objects: member.objects,
            standing: names::standing_name(member.standing),
            evidence: shown(member.evidence),
        }
    }
}
