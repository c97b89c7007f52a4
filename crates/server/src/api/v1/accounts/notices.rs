//! `GET` and `PUT /v1/accounts/{account_id}/notices`

use crate::api::{Guarded, problems};
use crate::app::App;
use crate::auth::{Caller, Look, Overturn};
use crate::extract::{Id, JsonBody};
use crate::problem::{Code, Problem};
use axum::Json;
use axum::extract::State;
use cordon_model::clock::Timestamp;
use cordon_model::ids::AccountId;
use cordon_model::statement::{self, AccountType};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How an account is told of decisions.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"language": "de", "is_business": false}))]
pub(crate) struct Notices {
    /// The holder's language, ISO 639-1: there are templates in en, de, fr and ar; others are told in English.
    language: Option<String>,
    /// Whether it is of a business; absent where unknown.
    is_business: Option<bool>,
    /// Why the account is not to be told; absent where it is.
    withheld: Option<Withheld>,
}

/// Why an account is lawfully not told, or not yet.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(tag = "reason", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Withheld {
    /// An authority forbids it for a time; the notice leaves by itself once that is over.
    Gag {
        /// The law or order.
        basis: String,
        /// Who gave it.
        authority: String,
        /// When it ends, RFC 3339.
        ends_at: String,
    },
    /// Nobody knows how to reach the holder.
    NoContact,
    /// Deceptive commercial content in high volume.
    DeceptiveHighVolume,
}

problems! {
    Refused {
        "400": "`body_invalid`",
        "422": "`notices_invalid`: `detail` says what to mend",
    }
}

/// How an account is told of decisions. Role: viewer and above.
#[utoipa::path(
    get, path = "/v1/accounts/{account_id}/notices", tag = "appeals", params(("account_id" = String, Path)),
    responses((status = 200, body = Notices), Guarded)
)]
pub(crate) async fn read_notices(
    State(app): State<App>,
    _caller: Caller<Look>,
    Id(id): Id,
) -> Result<Json<Notices>, Problem> {
    Ok(Json(app.ports.notices.fetch_notice_profile(&AccountId(id)).await?.into()))
}

/// Says how an account is told of decisions. Once nothing is withheld any more, what was withheld leaves.
///
/// Role: lead or admin.
#[utoipa::path(
    put, path = "/v1/accounts/{account_id}/notices", tag = "appeals", params(("account_id" = String, Path)),
    request_body = Notices, responses((status = 200, body = Notices), Guarded, Refused)
)]
pub(crate) async fn put_notices(
    State(app): State<App>,
    caller: Caller<Overturn>,
    Id(id): Id,
    JsonBody(new): JsonBody<Notices>,
) -> Result<Json<Notices>, Problem> {
    let profile = new.profile()?;
    app.ports.notices.put_notice_profile(&AccountId(id), &profile, caller.id(), app.now()).await?;
    app.delivery.notify_one();
    Ok(Json(profile.into()))
}

impl Notices {
    fn profile(self) -> Result<statement::NoticeProfile, Problem> {
        let withheld = self.withheld.map(|withheld| -> Result<_, Problem> {
            match withheld {
                Withheld::Gag { basis, authority, ends_at } => {
                    let wrong = || Problem::new(Code::NoticesInvalid, "ends_at is a time as RFC 3339 in UTC");
                    let ends_at = Timestamp::parse(&ends_at).ok_or_else(wrong)?;
                    Ok(statement::Withheld::Gag { basis, authority, ends_at })
                }
                Withheld::NoContact => Ok(statement::Withheld::NoContact),
                Withheld::DeceptiveHighVolume => Ok(statement::Withheld::DeceptiveHighVolume),
            }
        });
        let of = |is_business| if is_business { AccountType::Business } else { AccountType::Private };
        Ok(statement::NoticeProfile {
            language: self.language,
            account_type: self.is_business.map(of),
            withheld: withheld.transpose()?,
        })
    }
}

impl From<statement::NoticeProfile> for Notices {
    fn from(profile: statement::NoticeProfile) -> Self {
        Self {
            language: profile.language,
            is_business: profile.account_type.map(|account_type| account_type == AccountType::Business),
            withheld: profile.withheld.map(|withheld| match withheld {
                statement::Withheld::Gag { basis, authority, ends_at } => {
                    Withheld::Gag { basis, authority, ends_at: ends_at.to_string() }
                }
                statement::Withheld::NoContact => Withheld::NoContact,
                statement::Withheld::DeceptiveHighVolume => Withheld::DeceptiveHighVolume,
            }),
        }
    }
}
