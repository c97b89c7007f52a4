//! What this crate needs from whoever keeps the record. Each clause of a *Contract* is a test of the suite in
//! `store/tests/contract`, named after it; every backend passes the same suite.

mod audit_log;
mod bulk_desk;
mod case_desk;
mod cluster_desk;
mod counts;
mod notice_desk;
mod operators;
mod outbox;
mod pipeline_record;
mod policies;
mod quality_desk;
mod sign_in;
mod store_error;

pub use audit_log::{AuditLog, Inclusion};
pub use bulk_desk::BulkDesk;
pub use case_desk::{CaseDesk, CaseFile, CaseFilter, CasePage, CaseRow, QueueBacklog, QueueLength};
pub use cluster_desk::{ClusterCaseFile, ClusterCasePage, ClusterDesk, ClusterMemberFile, OpenedCluster};
pub use counts::{ActionFacts, CandidateFacts, CaseFacts, Counts, DecisionFacts, ReportFacts, Totals};
pub use notice_desk::{AppealTotals, NoticeDesk, Swept};
pub use operators::{NewToken, Operators};
pub use outbox::{Failure, Outbox};
pub use pipeline_record::PipelineRecord;
pub use policies::Policies;
pub use quality_desk::{LookFacts, OverturnFacts, QualityDesk};
pub use sign_in::{SessionOperator, SignIn};
pub use store_error::StoreError;
