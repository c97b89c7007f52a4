//! Errors as answers: RFC 9457 problems, each with a code that scripts rely on.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use cordon_enforce::Refusal;
use cordon_enforce::appeals::AppealRefusal;
use cordon_enforce::bulk::BatchRefusal;
use cordon_enforce::ports::StoreError;
use cordon_enforce::quality::QualityRefusal;
use serde::Serialize;
use utoipa::ToSchema;

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident $name:literal $status:ident),+ $(,)?) => {
        /// What went wrong, in a word that never changes its meaning.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Code { $($(#[$doc])* $variant),+ }

        impl Code {
            /// All codes, in the order of the documentation.
            pub(crate) const ALL: &[Code] = &[$(Code::$variant),+];

            pub(crate) const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            pub(crate) const fn status(self) -> StatusCode {
                match self { $(Self::$variant => StatusCode::$status),+ }
            }
        }
    };
}

codes! {
    /// The body is not what the endpoint reads.
    BodyInvalid "body_invalid" BAD_REQUEST,
    /// A parameter of the query or a header is not what the endpoint reads.
    ParameterInvalid "parameter_invalid" BAD_REQUEST,
    /// The page cursor was not handed out by this server.
    CursorInvalid "cursor_invalid" BAD_REQUEST,
    /// No token, or one that opens nothing.
    Unauthenticated "unauthenticated" UNAUTHORIZED,
    /// The token's role may not do this.
    Forbidden "forbidden" FORBIDDEN,
    /// A session by a password opens nothing but one's own account until a second factor is enrolled.
    SecondFactorNeeded "second_factor_needed" FORBIDDEN,
    /// Who proposed a batch neither judges nor approves it.
    SecondPersonNeeded "second_person_needed" FORBIDDEN,
    /// Closing an account for good is for a lead or an admin.
    TerminationForbidden "termination_forbidden" FORBIDDEN,
    /// The caller is to judge the account without knowing what was decided, and may not read of it before.
    Blind "blind" FORBIDDEN,
    /// No such thing.
    NotFound "not_found" NOT_FOUND,
    /// The path exists, but not with this method.
    MethodNotAllowed "method_not_allowed" METHOD_NOT_ALLOWED,
    /// The body came too slowly.
    RequestTimedOut "request_timed_out" REQUEST_TIMEOUT,
    /// Somebody else holds the case.
    CaseClaimed "case_claimed" CONFLICT,
    /// The claim lapsed, was released, or never was the caller's.
    ClaimLost "claim_lost" CONFLICT,
    /// The case is decided already.
    CaseDecided "case_decided" CONFLICT,
    /// The case was closed without a decision.
    CaseClosed "case_closed" CONFLICT,
    /// The case has as many notes as it may.
    NotesFull "notes_full" CONFLICT,
    /// Every member's case of the cluster case has ended.
    ClusterCaseClosed "cluster_case_closed" CONFLICT,
    /// The cluster is no longer found as it was: its members changed.
    ClusterChanged "cluster_changed" CONFLICT,
    /// The account is closed for good, which only overturning that decision takes back.
    TerminationFinal "termination_final" CONFLICT,
    /// The decision is overturned already.
    DecisionOverturned "decision_overturned" CONFLICT,
    /// The id is taken by an entry with other content; the first stands.
    IdConflict "id_conflict" CONFLICT,
    /// A second factor is in force already, or there is none to confirm, or no password.
    SecondFactorUnfit "second_factor_unfit" CONFLICT,
    /// The batch is in a state that the command does not fit.
    BatchStatus "batch_status" CONFLICT,
    /// The batch's list is another one than was looked at.
    ListChanged "list_changed" CONFLICT,
    /// Somebody judged the account before.
    JudgedAlready "judged_already" CONFLICT,
    /// The account was not drawn into the sample.
    NotSampled "not_sampled" CONFLICT,
    /// Nothing is left to draw into the sample.
    SampleSpent "sample_spent" CONFLICT,
    /// More actions within 24 hours than may be: wait, or break the glass.
    DailyLimit "daily_limit" CONFLICT,
    /// The decision was appealed against before: once is all there is.
    AppealedAlready "appealed_already" CONFLICT,
    /// The time to appeal is over.
    AppealTooLate "appeal_too_late" CONFLICT,
    /// The decision takes nothing from the account.
    NotAppealable "not_appealable" CONFLICT,
    /// The appeal was decided or withdrawn.
    AppealEnded "appeal_ended" CONFLICT,
    /// Somebody else looks at the appeal.
    AppealClaimed "appeal_claimed" CONFLICT,
    /// The second look stands where the command does not fit.
    LookStatus "look_status" CONFLICT,
    /// The rules forbid it.
    Refused "refused" CONFLICT,
    /// More bytes than are taken.
    BodyTooLarge "body_too_large" PAYLOAD_TOO_LARGE,
    /// Neither identity, gzip nor zstd.
    EncodingUnsupported "encoding_unsupported" UNSUPPORTED_MEDIA_TYPE,
    /// The body must be `application/json`.
    MediaTypeUnsupported "media_type_unsupported" UNSUPPORTED_MEDIA_TYPE,
    /// The policy version is unknown or retired.
    PolicyUnknown "policy_unknown" UNPROCESSABLE_ENTITY,
    /// A decision rests on at least one row of evidence.
    EvidenceMissing "evidence_missing" UNPROCESSABLE_ENTITY,
    /// Not a checkpoint of this audit that can be held against it.
    CheckpointInvalid "checkpoint_invalid" UNPROCESSABLE_ENTITY,
    /// Nobody to pass a case to: unknown, disabled, may not review, or oneself.
    OperatorUnfit "operator_unfit" UNPROCESSABLE_ENTITY,
    /// A reason is empty or too long.
    ReasonInvalid "reason_invalid" UNPROCESSABLE_ENTITY,
    /// A decision to label names the label.
    LabelMissing "label_missing" UNPROCESSABLE_ENTITY,
    /// A decision is for too many or no days, or its kind lasts no time.
    DaysInvalid "days_invalid" UNPROCESSABLE_ENTITY,
    /// A finding without the policy that is broken, or with one where none is.
    FindingInvalid "finding_invalid" UNPROCESSABLE_ENTITY,
    /// The batch cannot be proposed; `detail` says what to mend.
    BatchInvalid "batch_invalid" UNPROCESSABLE_ENTITY,
    /// The rule set has mistakes; `diagnostics` names them, and what is in force stays.
    RulesUnsound "rules_unsound" UNPROCESSABLE_ENTITY,
    /// The rule set, bank or entry cannot stand; nothing was changed.
    ChangeInvalid "change_invalid" UNPROCESSABLE_ENTITY,
    /// The query has mistakes; `diagnostics` names them.
    QueryUnsound "query_unsound" UNPROCESSABLE_ENTITY,
    /// The query did not end in time; nothing was answered.
    QueryTooLong "query_too_long" UNPROCESSABLE_ENTITY,
    /// The cluster cannot be reviewed as one case, or its members not decided at once as asked.
    ClusterInvalid "cluster_invalid" UNPROCESSABLE_ENTITY,
    /// The report cannot stand as an event.
    ReportInvalid "report_invalid" UNPROCESSABLE_ENTITY,
    /// What was said of how to tell an account cannot be; `detail` says what to mend.
    NoticesInvalid "notices_invalid" UNPROCESSABLE_ENTITY,
    /// The password is too short, too long or the operator's name.
    PasswordUnfit "password_unfit" UNPROCESSABLE_ENTITY,
    /// Too many attempts to sign in failed; come back after `Retry-After`.
    TooManyAttempts "too_many_attempts" TOO_MANY_REQUESTS,
    /// Too many appeals came by links; come back after `Retry-After`.
    TooManyAppeals "too_many_appeals" TOO_MANY_REQUESTS,
    /// The queue in front of the writer is full; come back after `Retry-After`.
    QueueFull "queue_full" TOO_MANY_REQUESTS,
    /// The server failed; the log says how.
    Internal "internal" INTERNAL_SERVER_ERROR,
    /// More requests under way than may.
    Overloaded "overloaded" SERVICE_UNAVAILABLE,
    /// The disk is full or nearly so: intake is closed, reads and decisions go on.
    StorageFull "storage_full" SERVICE_UNAVAILABLE,
    /// The record does not answer.
    RecordUnavailable "record_unavailable" SERVICE_UNAVAILABLE,
    /// The server is about to end.
    ShuttingDown "shutting_down" SERVICE_UNAVAILABLE,
}

/// A request that was not carried out: nothing of it happened, unless `detail` says otherwise.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// `urn:cordon:problem:` and the code.
    #[serde(rename = "type")]
    #[schema(examples("urn:cordon:problem:claim_lost"))]
    kind: String,
    /// The status in words.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// The stable code.
    #[schema(schema_with = code_schema)]
    code: &'static str,
    /// What to do about it. Never content.
    detail: String,
    /// With `rules_unsound` and `query_unsound`: every mistake.
    #[serde(skip_serializing_if = "Option::is_none")]
    diagnostics: Option<Vec<Diagnostic>>,
    #[serde(skip)]
    #[schema(ignore)]
    retry_after_seconds: Option<u32>,
}

/// A mistake in a rule set, and where.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Diagnostic {
    /// Path of the file within the set.
    path: String,
    /// Line, from 1; 0 where the whole file is meant.
    line: u32,
    /// Column in characters, from 1; 0 where the whole file is meant.
    column: u32,
    /// Column after the last character meant.
    column_end: u32,
    /// `error` or `warning`.
    severity: &'static str,
    /// Stable name of the kind of mistake.
    #[schema(examples("unknown-identifier"))]
    code: &'static str,
    /// What is wrong.
    message: String,
    /// How to mend it, or empty.
    hint: String,
}

impl From<&cordon_pipeline::rules::Diagnostic> for Diagnostic {
    fn from(one: &cordon_pipeline::rules::Diagnostic) -> Self {
        Self {
            path: one.path.clone(),
            line: one.line,
            column: one.column,
            column_end: one.column_end,
            severity: match one.severity {
                cordon_pipeline::rules::Severity::Error => "error",
                cordon_pipeline::rules::Severity::Warning => "warning",
            },
            code: one.code,
            message: one.message.clone(),
            hint: one.hint.clone(),
        }
    }
}

fn code_schema() -> utoipa::openapi::Object {
    crate::api::names::one_of(Code::ALL.iter().map(|code| code.name()))
}

impl Problem {
    pub(crate) fn new(code: Code, detail: impl Into<String>) -> Self {
        let status = code.status();
        let waits = [StatusCode::TOO_MANY_REQUESTS, StatusCode::SERVICE_UNAVAILABLE].contains(&status);
        Self {
            kind: format!("urn:cordon:problem:{}", code.name()),
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            code: code.name(),
            detail: detail.into(),
            diagnostics: None,
            retry_after_seconds: waits.then_some(if code == Code::StorageFull { 60 } else { 1 }),
        }
    }

    /// The same, to come back after so many seconds.
    pub(crate) fn retry_after(self, seconds: u32) -> Self {
        Self { retry_after_seconds: Some(seconds), ..self }
    }

    pub(crate) fn not_found(what: &str) -> Self {
        Self::new(Code::NotFound, format!("no such {what}"))
    }

    /// A rule set with mistakes.
    pub(crate) fn unsound(found: &[cordon_pipeline::rules::Diagnostic]) -> Self {
        let detail = format!("the rule set has {} mistakes; what is in force stays", found.len());
        let diagnostics = found.iter().map(Diagnostic::from).collect();
        Self { diagnostics: Some(diagnostics), ..Self::new(Code::RulesUnsound, detail) }
    }

    pub(crate) fn unsound_query(found: &[cordon_pipeline::rules::Diagnostic]) -> Self {
        let detail =
            format!("the query has {} mistakes; those of its own stand under the path `query`", found.len());
        let diagnostics = found.iter().map(Diagnostic::from).collect();
        Self { diagnostics: Some(diagnostics), ..Self::new(Code::QueryUnsound, detail) }
    }

    /// A failure of ours: the cause goes to the log, once, and not to the caller.
    pub(crate) fn internal(cause: &(dyn std::error::Error + 'static)) -> Self {
        tracing::error!(error = %chain(cause), "a request failed");
        Self::new(Code::Internal, "the server failed; its log says how")
    }

    /// A task that panicked or was cut.
    pub(crate) fn broken_task(cause: tokio::task::JoinError) -> Self {
        Self::internal(&cause)
    }
}

/// An error with its causes.
pub(crate) fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if self.code == Code::EncodingUnsupported.name() {
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity, gzip, zstd"));
        }
        if let Some(seconds) = self.retry_after_seconds {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match &error {
            StoreError::Refused(refusal) => refused(refusal),
            StoreError::StorageFull => Self::new(Code::StorageFull, "the record's disk is full"),
            StoreError::Busy => Self::new(Code::Overloaded, "too many wait for the record"),
            StoreError::Unavailable(_) => {
                tracing::error!(error = %chain(&error), "the record failed");
                Self::new(Code::RecordUnavailable, "the record does not answer")
            }
            StoreError::StaleWriter { .. } | StoreError::Corrupt { .. } => Self::internal(&error),
        }
    }
}

fn refused(refusal: &Refusal) -> Problem {
    let code = match refusal {
        Refusal::PolicyUnknown { .. } => Code::PolicyUnknown,
        Refusal::CaseUnknown { .. } => return Problem::not_found("case"),
        Refusal::ClusterCaseUnknown { .. } => return Problem::not_found("cluster case"),
        Refusal::ClusterCaseClosed { .. } => Code::ClusterCaseClosed,
        Refusal::ClusterMembersInvalid { .. }
        | Refusal::ClusterUnfounded
        | Refusal::ClusterSettled
        | Refusal::ClusterMemberUnknown { .. }
        | Refusal::ClusterDecisionsInvalid { .. } => Code::ClusterInvalid,
        Refusal::DecisionUnknown { .. } => return Problem::not_found("decision"),
        Refusal::AccountUnknown { .. } => return Problem::not_found("account"),
        Refusal::CaseClaimed { .. } => Code::CaseClaimed,
        Refusal::ClaimLost { .. } => Code::ClaimLost,
        Refusal::CaseDecided { .. } => Code::CaseDecided,
        Refusal::CaseClosed { .. } => Code::CaseClosed,
        Refusal::NotesFull { .. } => Code::NotesFull,
        Refusal::OperatorUnfit { .. } => Code::OperatorUnfit,
        Refusal::DecisionOverturned { .. } => Code::DecisionOverturned,
        Refusal::EvidenceMissing => Code::EvidenceMissing,
        Refusal::ReasonInvalid { .. } => Code::ReasonInvalid,
        Refusal::LabelMissing => Code::LabelMissing,
        Refusal::DaysInvalid { .. } | Refusal::DaysUnfit { .. } => Code::DaysInvalid,
        Refusal::TerminationForbidden { .. } => Code::TerminationForbidden,
        Refusal::TerminationFinal { .. } => Code::TerminationFinal,
        Refusal::CursorInvalid => Code::CursorInvalid,
        Refusal::Batch(BatchRefusal::Unknown { .. }) => return Problem::not_found("batch"),
        Refusal::Batch(refusal) => batch_code(refusal),
        Refusal::Appeal(AppealRefusal::Unknown) => return Problem::not_found("appeal"),
        Refusal::Appeal(refusal) => appeal_code(refusal),
        Refusal::SecondFactorUnfit { .. } => Code::SecondFactorUnfit,
        Refusal::Quality(QualityRefusal::Unknown) => return Problem::not_found("second look"),
        Refusal::Quality(refusal) => quality_code(refusal),
        Refusal::NoticeInvalid { .. } => Code::NoticesInvalid,
        _ => Code::Refused,
    };
    Problem::new(code, refusal.to_string())
}

fn appeal_code(refusal: &AppealRefusal) -> Code {
    match refusal {
        AppealRefusal::Unknown => Code::NotFound,
        AppealRefusal::NotAppealable { .. } => Code::NotAppealable,
        AppealRefusal::Filed { .. } => Code::AppealedAlready,
        AppealRefusal::TooLate { .. } => Code::AppealTooLate,
        AppealRefusal::Ended { .. } => Code::AppealEnded,
        AppealRefusal::Claimed { .. } => Code::AppealClaimed,
        AppealRefusal::ClaimLost { .. } => Code::ClaimLost,
        AppealRefusal::Involved { .. } => Code::SecondPersonNeeded,
    }
}

fn quality_code(refusal: &QualityRefusal) -> Code {
    match refusal {
        QualityRefusal::Unknown => Code::NotFound,
        QualityRefusal::NotHeld { .. } => Code::ClaimLost,
        QualityRefusal::Judged { .. } => Code::JudgedAlready,
        QualityRefusal::FindingInvalid => Code::FindingInvalid,
        QualityRefusal::Status { .. } => Code::LookStatus,
        QualityRefusal::Involved { .. } => Code::SecondPersonNeeded,
        QualityRefusal::Blind { .. } => Code::Blind,
        QualityRefusal::GoldenFull | QualityRefusal::Rules(_) => Code::Refused,
    }
}

fn batch_code(refusal: &BatchRefusal) -> Code {
    match refusal {
        BatchRefusal::Unknown { .. } => Code::NotFound,
        BatchRefusal::Taken { .. } => Code::IdConflict,
        BatchRefusal::Invalid { .. } => Code::BatchInvalid,
        BatchRefusal::Status { .. } => Code::BatchStatus,
        BatchRefusal::SamePerson { .. } => Code::SecondPersonNeeded,
        BatchRefusal::Role { .. } => Code::Forbidden,
        BatchRefusal::ListChanged { .. } => Code::ListChanged,
        BatchRefusal::NotSampled { .. } => Code::NotSampled,
        BatchRefusal::Judged { .. } => Code::JudgedAlready,
        BatchRefusal::NothingToDraw => Code::SampleSpent,
        BatchRefusal::DailyLimit { .. } => Code::DailyLimit,
    }
}
