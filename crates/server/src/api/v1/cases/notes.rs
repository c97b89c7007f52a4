//! `POST /v1/cases/{case_id}/notes` and `GET /v1/me/mentions`

use super::view::Note;
use crate::api::{Guarded, problems};
use crate::app::App;
use crate::auth::{Caller, Look, Review};
use crate::extract::{Id, JsonBody};
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use cordon_model::ids::CaseId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a note is to say.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewNote {
    /// 1 to 10,000 characters. `@name` mentions the operator of that name.
    text: String,
}

/// Notes that mention the caller.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Mentions {
    /// On open cases, newest first, at most 500.
    notes: Vec<Note>,
}

problems! {
    Refused {
        "400": "`body_invalid`",
        "404": "`not_found`",
        "409": "`notes_full`",
        "422": "`reason_invalid`",
    }
}

/// Puts a note on a case, open or not, for everybody who sees the case; it changes nothing else. Role: reviewer and above.
#[utoipa::path(
    post, path = "/v1/cases/{case_id}/notes", tag = "cases", params(("case_id" = String, Path)),
    request_body = NewNote, responses((status = 201, body = Note), Guarded, Refused)
)]
pub(crate) async fn add_note(
    State(app): State<App>,
    caller: Caller<Review>,
    Id(id): Id,
    JsonBody(new): JsonBody<NewNote>,
) -> Result<(StatusCode, Json<Note>), Problem> {
    let note = app.ports.desk.add_note(&CaseId(id), &new.text, caller.id(), app.now()).await?;
    Ok((StatusCode::CREATED, Json(note.into())))
}

/// Notes on open cases that mention the caller. Role: viewer and above.
#[utoipa::path(get, path = "/v1/me/mentions", tag = "cases", responses((status = 200, body = Mentions), Guarded))]
pub(crate) async fn list_mentions(
    State(app): State<App>,
    caller: Caller<Look>,
) -> Result<Json<Mentions>, Problem> {
    let notes = app.ports.desk.list_mentions(caller.id()).await?;
    Ok(Json(Mentions { notes: notes.into_iter().map(Note::from).collect() }))
}
