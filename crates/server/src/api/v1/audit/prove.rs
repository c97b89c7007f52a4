//! `GET /v1/audit/{sequence}/proof` and `POST /v1/audit/consistency`

use super::checkpoint::newest;
use super::view::SealedRecord;
use crate::api::{Guarded, problems};
use crate::app::App;
use crate::auth::{Audit, Caller};
use crate::extract::{Id, JsonBody};
use crate::problem::{Code, Problem};
use axum::Json;
use axum::extract::State;
use cordon_enforce::audit::Node;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// That a record is one of those that a checkpoint covers: what `cordon audit check` reads.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InclusionProof {
    /// `inclusion`.
    proves: &'static str,
    /// The record.
    record: SealedRecord,
    /// Nodes from its leaf's sibling up, hexadecimal.
    path: Vec<String>,
    /// The signed note.
    checkpoint: String,
}

/// That the records of an older checkpoint are the first of a newer one's: what `cordon audit check` reads.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ConsistencyProof {
    /// `consistency`.
    proves: &'static str,
    /// The older signed note.
    first: String,
    /// Nodes, hexadecimal.
    path: Vec<String>,
    /// The newer signed note.
    second: String,
}

/// A checkpoint that was kept.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeptCheckpoint {
    /// The signed note.
    note: String,
}

problems! {
    Refused { "404": "`not_found`: there is no such record" }
    NotKept { "400": "`body_invalid`", "422": "`checkpoint_invalid`: it is none, not signed by this record's key, or covers more than there is" }
}

/// Proves a record under the newest checkpoint (RFC 9162). Role: admin.
#[utoipa::path(get, path = "/v1/audit/{sequence}/proof", tag = "audit", params(("sequence" = String, Path)),
    responses((status = 200, body = InclusionProof), Guarded, Refused))]
pub(crate) async fn prove_inclusion(
    State(app): State<App>,
    _caller: Caller<Audit>,
    Id(sequence): Id,
) -> Result<Json<InclusionProof>, Problem> {
    let sequence: u64 = sequence.parse().map_err(|_| Problem::not_found("audit record"))?;
    let checkpoint = newest(&app).await?;
    let proof = app.ports.audit.prove_inclusion(sequence, checkpoint.size).await?;
    let proof = proof.ok_or_else(|| Problem::not_found("audit record"))?;
    Ok(Json(InclusionProof {
        proves: "inclusion",
        record: proof.record.into(),
        path: proof.path.iter().map(Node::to_string).collect(),
        checkpoint: checkpoint.note,
    }))
}

/// Proves that a checkpoint that somebody kept still holds: nothing of what it covers was changed since. Role: admin.
#[utoipa::path(post, path = "/v1/audit/consistency", tag = "audit", request_body = KeptCheckpoint,
    responses((status = 200, body = ConsistencyProof), Guarded, NotKept))]
pub(crate) async fn prove_consistency(
    State(app): State<App>,
    _caller: Caller<Audit>,
    JsonBody(kept): JsonBody<KeptCheckpoint>,
) -> Result<Json<ConsistencyProof>, Problem> {
    let invalid = |detail: String| Problem::new(Code::CheckpointInvalid, detail);
    let opened = app.house.audit_key.verifier().open(&kept.note);
    let head = opened.map_err(|error| invalid(error.to_string()))?;
    let second = newest(&app).await?;
    let path = app.ports.audit.prove_consistency(head.size, second.size).await?;
    let more = || invalid(format!("it covers {} records, and there are {}", head.size, second.size));
    Ok(Json(ConsistencyProof {
        proves: "consistency",
        first: kept.note,
        path: path.ok_or_else(more)?.iter().map(Node::to_string).collect(),
        second: second.note,
    }))
}
