//! Accounts that are reviewed side by side.

mod change;
mod view;

use crate::Record;
use async_trait::async_trait;
use cordon_enforce::clusters::ClusterClaim;
use cordon_enforce::ports::{ClusterCaseFile, ClusterCasePage, ClusterDesk, OpenedCluster, StoreError};
use cordon_model::action::Action;
use cordon_model::clock::Timestamp;
use cordon_model::cluster_case::{ClusterStatus, NewClusterCase};
use cordon_model::decision::{Decision, NewDecision};
use cordon_model::ids::{ClusterCaseId, OperatorId};

#[async_trait]
impl ClusterDesk for Record {
    async fn open_cluster(
        &self,
        new: &NewClusterCase,
        by: &OperatorId,
        now: Timestamp,
    ) -> Result<OpenedCluster, StoreError> {
        change::open(self, new, by, now).await
    }

    async fn list_cluster_cases(
        &self,
        status: ClusterStatus,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<ClusterCasePage, StoreError> {
        view::list(&self.readers, status, cursor, limit).await
    }

    async fn fetch_cluster_case(
        &self,
        cluster_case_id: &ClusterCaseId,
    ) -> Result<Option<ClusterCaseFile>, StoreError> {
        view::fetch_file(&self.readers, cluster_case_id).await
    }

    async fn claim_cluster(
        &self,
        cluster_case_id: &ClusterCaseId,
        by: &OperatorId,
        now: Timestamp,
    ) -> Result<ClusterClaim, StoreError> {
        change::claim(self, cluster_case_id, by, now).await
    }

    async fn decide_members(
        &self,
        cluster_case_id: &ClusterCaseId,
        decisions: Vec<NewDecision>,
        now: Timestamp,
    ) -> Result<Vec<(Decision, Vec<Action>)>, StoreError> {
        change::decide(self, cluster_case_id, decisions, now).await
    }
}
