//! Cluster cases: accounts that were proposed together, with the evidence they share, reviewed side by side.
//!
//! A cluster case holds no verdict and takes no action. Each member has an ordinary case, decided by
//! [`crate::decisions::decide`] like any other; the cluster case says which belong together, keeps what was seen when
//! it was opened, and closes with the last of them.

mod claim;
mod close;
mod open;

pub use claim::{Claimed, ClusterClaim, claim};
pub use close::{check_decisions, close};
pub use open::{Opened, PROBABILITY, open};

use cordon_model::cluster_case::{ClusterKind, NewClusterCase};
use cordon_model::ids::{AccountId, ClusterCaseId};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// Hexadecimal digits of a cluster's name.
const NAME_DIGITS: usize = 16;

/// The cluster's name: a hash of kind, window and members in any order, 16 hexadecimal digits.
pub fn cluster_id(new: &NewClusterCase) -> String {
    let accounts: BTreeSet<&AccountId> = new.members.iter().map(|member| &member.account_id).collect();
    name(new.kind, new.window_seconds, &accounts)
}

fn name(kind: ClusterKind, window_seconds: Option<u32>, accounts: &BTreeSet<&AccountId>) -> String {
    // JSON keeps names apart whatever they are made of.
    let named = serde_json::to_vec(&(kind.name(), window_seconds, accounts)).unwrap_or_default();
    let mut digits = crate::audit::hexadecimal(&Sha256::digest(named));
    digits.truncate(NAME_DIGITS);
    digits
}

/// The name of the `number`th review of a cluster, from 1: a cluster that goes on may be looked at again.
pub fn cluster_case_id(cluster_id: &str, number: u32) -> ClusterCaseId {
    ClusterCaseId(format!("cluster-{cluster_id}-{number}"))
}

#[cfg(test)]
mod tests;
