//! What endpoints read from a request, with every refusal as a problem.

use crate::app::App;
use crate::limits::{BODY_PAUSE_TIMEOUT, BODY_TIMEOUT, JSON_BYTES_MAX};
use crate::problem::{Code, Problem};
use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use cordon_model::limits::ID_BYTES_MAX;
use http_body_util::BodyExt;
use serde::de::DeserializeOwned;
use tokio::time::timeout;

/// A body that is one JSON document.
pub(crate) struct JsonBody<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<App> for JsonBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &App) -> Result<Self, Problem> {
        Ok(Self(read_json(request, JSON_BYTES_MAX).await?))
    }
}

/// Reads a body that is one JSON document of at most `bytes_max`.
pub(crate) async fn read_json<T: DeserializeOwned>(request: Request, bytes_max: usize) -> Result<T, Problem> {
    let media_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let is_json = media_type.and_then(|text| text.split(';').next()).is_some_and(|name| {
        let name = name.trim();
        name.eq_ignore_ascii_case("application/json") || name.ends_with("+json")
    });
    if !is_json {
        return Err(Problem::new(Code::MediaTypeUnsupported, "send Content-Type: application/json"));
    }
    let bytes = read_body(request.into_body(), bytes_max, &mut |_| Ok(())).await?;
    serde_json::from_slice(&bytes).map_err(|error| Problem::new(Code::BodyInvalid, error.to_string()))
}

/// The parameters of the query.
pub(crate) struct Parameters<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequestParts<App> for Parameters<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        match Query::<T>::from_request_parts(parts, app).await {
            Ok(Query(value)) => Ok(Self(value)),
            Err(error) => Err(Problem::new(Code::ParameterInvalid, error.body_text())),
        }
    }
}

/// The name in the path.
pub(crate) struct Id(pub(crate) String);

impl FromRequestParts<App> for Id {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        match Path::<String>::from_request_parts(parts, app).await {
            Ok(Path(id)) if (1..=ID_BYTES_MAX).contains(&id.len()) => Ok(Self(id)),
            _ => Err(Problem::not_found("thing of that name")),
        }
    }
}

/// The number of a version in the path.
pub(crate) struct Version(pub(crate) u32);

impl FromRequestParts<App> for Version {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let Id(text) = Id::from_request_parts(parts, app).await?;
        text.parse().map(Self).map_err(|_| Problem::not_found("version of the rules"))
    }
}

/// Reads a body of at most `bytes_max`, in bounded time. `account` is told of the bytes so far and may refuse.
pub(crate) async fn read_body(
    mut body: Body,
    bytes_max: usize,
    account: &mut (dyn FnMut(usize) -> Result<(), Problem> + Send),
) -> Result<Vec<u8>, Problem> {
    let read = async {
        let mut bytes = Vec::new();
        loop {
            let frame = timeout(BODY_PAUSE_TIMEOUT, body.frame()).await.map_err(|_| timed_out())?;
            let Some(frame) = frame else { return Ok(bytes) };
            let frame = frame.map_err(|_| Problem::new(Code::BodyInvalid, "the body broke off"))?;
            let Ok(data) = frame.into_data() else { continue };
            if bytes.len() + data.len() > bytes_max {
                return Err(too_large(bytes_max));
            }
            account(bytes.len() + data.len())?;
            bytes.extend_from_slice(&data);
        }
    };
    timeout(BODY_TIMEOUT, read).await.unwrap_or_else(|_| Err(timed_out()))
}

pub(crate) fn too_large(bytes_max: usize) -> Problem {
    Problem::new(Code::BodyTooLarge, format!("a body here has at most {bytes_max} bytes, decoded"))
}

fn timed_out() -> Problem {
    Problem::new(Code::RequestTimedOut, "the body came too slowly")
}
