//! Clusters: accounts that act together, found without a seed, from one seed, or as communities of the link graph.
//!
//! All three give [`Cluster`]s: members ranked by how strongly they belong, and what they share in numbers. A cluster is
//! a proposal for people to look at, never an accusation, and nobody is drawn into one by what others do to them: acts
//! and links are those of the account itself. Read first: [`coordination`] (who acts together) and [`chance`] (how often
//! that happens by itself).

mod acts;
mod centrality;
mod chance;
mod cluster;
mod collect;
pub mod communities;
pub mod coordination;
mod forest;
mod graph;
mod groups;
mod meetings;
mod moving;
pub mod seeded;
mod table;
pub mod weaker;

pub use acts::{Act, Acts};
pub use cluster::{Cluster, ClusterMember, SharedKind, SharedObject};
pub use collect::ActCollector;
pub use table::ActTable;

#[cfg(test)]
mod tests;
