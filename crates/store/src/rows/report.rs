//! Reports.

use crate::backend::{DbRow, Query};
use crate::insert::Table;
use crate::text::Columns;
use cordon_enforce::ports::StoreError;
use cordon_model::case::{FiledReport, ReportStatus};
use cordon_model::entity::Source;
use cordon_model::report::Report;

macro_rules! columns {
    () => {
        "report_id, account_id, entry_id, item_id, policy_id, text, reporter_id, source, received_at, is_subject_known,
         status, case_id"
    };
}

pub(crate) const TABLE: Table = Table {
    name: "reports",
    columns: &[
        "report_id",
        "account_id",
        "entry_id",
        "item_id",
        "policy_id",
        "text",
        "reporter_id",
        "source",
        "received_at",
        "is_subject_known",
        "status",
        "case_id",
    ],
    overwrite_on: None,
};
pub(crate) const WAITING_OF_ACCOUNTS: &str =
    concat!("SELECT ", columns!(), " FROM reports WHERE status = 'waiting' AND account_id IN ");
pub(crate) const IN_ORDER: &str = " ORDER BY report_id";
pub(crate) const OF_CASE: &str =
    concat!("SELECT ", columns!(), " FROM reports WHERE case_id = $1 ORDER BY report_id LIMIT $2");
pub(crate) const SETTLE: &str = "UPDATE reports SET status = ?, case_id = ? WHERE report_id = ?";
pub(crate) const SCRUB: &str =
    "UPDATE reports SET text = NULL, item_id = NULL WHERE account_id = ? AND report_id < ?";

/// An erased account may have reported others: those reports stand without its name.
pub(crate) const SCRUB_REPORTER: &str =
    "UPDATE reports SET reporter_id = NULL WHERE reporter_id = ? AND report_id < ?";

pub(crate) fn bind(query: Query, filed: &FiledReport) -> Query {
    let report = &filed.report;
    query
        .bind(filed.report_id.as_str())
        .bind(report.account_id.as_str())
        .bind(report.entry_id.as_str())
        .bind(report.item_id.as_deref())
        .bind(report.policy_id.as_ref().map(|policy_id| policy_id.as_str()))
        .bind(report.text.as_deref())
        .bind(report.reporter_id.as_ref().map(|reporter_id| reporter_id.as_str()))
        .bind(report.source.name())
        .bind(report.received_at.0)
        .bind(report.is_subject_known)
        .bind(filed.status.name())
        .bind(filed.case_id.as_ref().map(|case_id| case_id.as_str()))
}

pub(crate) fn read(row: &DbRow) -> Result<FiledReport, StoreError> {
    let columns = Columns::of(row, "report_id");
    let report = Report {
        entry_id: columns.text("entry_id")?.into(),
        account_id: columns.text("account_id")?.into(),
        item_id: columns.text_or_null("item_id")?,
        policy_id: columns.text_or_null("policy_id")?.map(Into::into),
        text: columns.text_or_null("text")?,
        reporter_id: columns.text_or_null("reporter_id")?.map(Into::into),
        source: columns.named("source", Source::from_name)?,
        received_at: columns.time("received_at")?,
        is_subject_known: columns.truth("is_subject_known")?,
    };
    Ok(FiledReport {
        report_id: columns.text("report_id")?.into(),
        report,
        status: columns.named("status", ReportStatus::from_name)?,
        case_id: columns.text_or_null("case_id")?.map(Into::into),
    })
}
