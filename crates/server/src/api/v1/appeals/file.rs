//! `POST /v1/appeals/{token}` and `POST /v1/decisions/{decision_id}/appeal`

use super::view::Receipt;
use crate::api::{Guarded, problems};
use crate::app::App;
use crate::auth::{Caller, Send};
use crate::extract::{Id, read_json};
use crate::limits::{APPEAL_BODY_BYTES_MAX, APPEAL_TOKEN_BYTES_MAX};
use crate::problem::{Code, Problem};
use axum::Json;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use cordon_enforce::appeals::NewAppeal as Handed;
use cordon_model::appeal::AppealChannel;
use cordon_model::ids::DecisionId;
use serde::Deserialize;
use utoipa::ToSchema;

/// Why a decision is wrong, in the appellant's words.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"text": "It was not me: my account had been taken over."}))]
pub(crate) struct NewAppeal {
    /// `1..=10000` characters.
    text: String,
}

problems! {
    Refused {
        "400": "`body_invalid`",
        "404": "`not_found`",
        "409": "`appealed_already`, `appeal_too_late`, `not_appealable` or `decision_overturned`",
        "413": "`body_too_large`",
        "422": "`reason_invalid`",
    }
    RefusedByLink {
        "400": "`body_invalid`",
        "404": "`not_found`: the link was not signed here, or has expired",
        "409": "`appealed_already`, `appeal_too_late` or `decision_overturned`",
        "413": "`body_too_large`",
        "422": "`reason_invalid`",
        "429": "`too_many_appeals`: try again after `Retry-After`",
    }
}

/// Takes an appeal in by the signed link of a notice: free, and once for each decision. No token of an operator needed.
#[utoipa::path(
    post, path = "/v1/appeals/{appeal_id}", tag = "appeals", params(("appeal_id" = String, Path, description = "The token at the end of the link")),
    request_body = NewAppeal,
    responses((status = 201, body = Receipt), RefusedByLink), security(())
)]
pub(crate) async fn appeal_by_link(
    State(app): State<App>,
    Path(token): Path<String>,
    request: Request,
) -> Result<(StatusCode, Json<Receipt>), Problem> {
    if !app.links.take(app.now()) {
        let problem =
            Problem::new(Code::TooManyAppeals, "too many appeals came by links: try again in a minute");
        return Err(problem.retry_after(60));
    }
    if token.len() > APPEAL_TOKEN_BYTES_MAX {
        return Err(Problem::not_found("appeal"));
    }
    let new: NewAppeal = read_json(request, APPEAL_BODY_BYTES_MAX).await?;
    let appeal = app.ports.notices.file_appeal_by_link(&token, new.text, app.now()).await?;
    Ok((StatusCode::CREATED, Json(appeal.into())))
}

/// Takes an appeal in that the platform hands over for the account's holder. Role: platform or admin.
#[utoipa::path(
    post, path = "/v1/decisions/{decision_id}/appeal", tag = "appeals", params(("decision_id" = String, Path)),
    request_body = NewAppeal, responses((status = 201, body = Receipt), Guarded, Refused)
)]
pub(crate) async fn appeal_decision(
    State(app): State<App>,
    caller: Caller<Send>,
    Id(id): Id,
    request: Request,
) -> Result<(StatusCode, Json<Receipt>), Problem> {
    let new: NewAppeal = read_json(request, APPEAL_BODY_BYTES_MAX).await?;
    let handed = Handed { channel: AppealChannel::Platform, text: new.text };
    let appeal = app.ports.notices.file_appeal(&DecisionId(id), handed, caller.id(), app.now()).await?;
    Ok((StatusCode::CREATED, Json(appeal.into())))
}
