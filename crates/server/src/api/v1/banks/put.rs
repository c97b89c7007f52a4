//! `PUT /v1/banks/{bank_id}`

use crate::api::{Guarded, names, problems};
use crate::app::App;
use crate::auth::{self, Caller};
use crate::extract::{Id, JsonBody};
use crate::problem::{Code, Problem};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use cordon_model::bank::{Bank, BankKind};
use cordon_model::ids::PolicyId;
use cordon_pipeline::banks::{check_policy, put_bank};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A bank to be made or changed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewBank {
    /// What it is made of; never changes.
    #[schema(schema_with = names::bank_kind)]
    kind: BankKind,
    /// The policy that what is in it breaks.
    policy_id: String,
    /// Who answers for it; the caller when left out.
    owner: Option<String>,
    /// Its name for people; the short one when left out.
    name: Option<String>,
    /// Where its entries come from, where they do not say otherwise; `own reviews` when left out.
    source: Option<String>,
}

/// A bank that stands.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BankPut {
    /// Its short name.
    bank_id: String,
    /// Whether it was made just now.
    is_new: bool,
}

problems! {
    Refused {
        "400": "`body_invalid`",
        "409": "`refused`: it is one of another kind, or there are as many as there may be",
        "422": "`change_invalid`: a name or policy that cannot stand",
    }
}

/// Makes a bank, or changes all but the kind of one that there is. Role: lead or admin.
#[utoipa::path(
    put, path = "/v1/banks/{bank_id}", tag = "banks",
    params(("bank_id" = String, Path, description = "Its short name: letters a–z, digits and `-`")),
    request_body = NewBank,
    responses((status = 200, body = BankPut), (status = 201, body = BankPut), Guarded, Refused)
)]
pub(crate) async fn put_bank_settings(
    State(app): State<App>,
    caller: Caller<auth::Publish>,
    Id(bank_id): Id,
    JsonBody(new): JsonBody<NewBank>,
) -> Result<(StatusCode, Json<BankPut>), Problem> {
    let by = caller.id().to_string();
    let bank = Bank {
        name: new.name.unwrap_or_else(|| bank_id.clone()),
        bank_id: bank_id.as_str().into(),
        policy_id: PolicyId(new.policy_id),
        owner: new.owner.unwrap_or_else(|| by.clone()),
        kind: new.kind,
        source: new.source.unwrap_or_else(|| "own reviews".to_owned()),
    };
    if let Some(wrong) = check_policy(&bank.policy_id, &*app.ports.policies).await? {
        return Err(Problem::new(Code::ChangeInvalid, wrong));
    }
    let is_new = app.host.change(move |pipeline| put_bank(pipeline, bank, &by)).await?;
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(BankPut { bank_id, is_new })))
}
