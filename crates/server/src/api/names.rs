//! Lists of names for the OpenAPI document, from the types that define them.

use cordon_model::account::Standing;
use cordon_model::action::ActionKind;
use cordon_model::appeal::AppealStatus;
use cordon_model::bank::{BankKind, SignalKind};
use cordon_model::batch::{BatchStatus, LeftOut, MemberStatus};
use cordon_model::case::{CaseStatus, DeadlineBasis, ReportStatus};
use cordon_model::case_note::NoteKind;
use cordon_model::cluster_case::{ClusterCloseReason, ClusterKind, ClusterStatus};
use cordon_model::decision::{Automation, DecisionKind};
use cordon_model::entity::{EvidenceGroup, Source};
use cordon_model::operator::Role;
use cordon_model::policy::Severity;
use cordon_model::rule_set::RuleMode;
use cordon_pipeline::detect::returns::Tier;
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{Array, Object};

/// Text that is one of `names`.
pub(crate) fn one_of(names: impl IntoIterator<Item = &'static str>) -> Object {
    let names: Vec<&str> = names.into_iter().collect();
    ObjectBuilder::new().schema_type(SchemaType::Type(Type::String)).enum_values(Some(names)).build()
}

macro_rules! lists {
    ($($function:ident: $all:expr),+ $(,)?) => {$(
        pub(crate) fn $function() -> Object {
            one_of($all.into_iter().map(|one| one.name()))
        }
    )+};
}

lists! {
    action_kind: ActionKind::ALL,
    appeal_status: AppealStatus::ALL,
    automation: Automation::ALL,
    bank_kind: BankKind::ALL,
    batch_status: BatchStatus::ALL,
    case_status: CaseStatus::ALL,
    cluster_close_reason: ClusterCloseReason::ALL,
    cluster_kind: ClusterKind::ALL,
    cluster_status: ClusterStatus::ALL,
    deadline_basis: [DeadlineBasis::RemovalOrder, DeadlineBasis::TrustedFlagger],
    decision_kind: DecisionKind::ALL,
    evidence_group: EvidenceGroup::ALL,
    left_out: LeftOut::ALL,
    member_status: MemberStatus::ALL,
    report_status: ReportStatus::ALL,
    role: Role::ALL,
    rule_mode: RuleMode::ALL,
    severity: Severity::ALL,
    signal_kind: SignalKind::ALL,
    source: Source::ALL,
}

pub(crate) fn standing() -> Object {
    one_of(
        [Standing::Unjudged, Standing::Cleared, Standing::Violating, Standing::Suspended].map(standing_name),
    )
}

/// A standing as JSON says it.
pub(crate) const fn standing_name(standing: Standing) -> &'static str {
    match standing {
        Standing::Unjudged => "unjudged",
        Standing::Cleared => "cleared",
        Standing::Violating => "violating",
        Standing::Suspended => "suspended",
    }
}

pub(crate) fn tier() -> Object {
    one_of(Tier::ALL.map(Tier::name))
}

pub(crate) fn return_status() -> Object {
    one_of(["likely", "possible", "none", "unknown"])
}

pub(crate) fn verdict_status() -> Object {
    one_of(["evaluated", "unknown"])
}

pub(crate) fn verdict_unknown() -> Object {
    one_of(["timed_out", "late", "no_rules", "rejected", "duplicate"])
}

pub(crate) fn note_kind() -> Object {
    one_of(NoteKind::ALL.map(NoteKind::name))
}

pub(crate) fn decision_kinds() -> Array {
    Array::new(decision_kind())
}

pub(crate) fn sources() -> Array {
    Array::new(source())
}
