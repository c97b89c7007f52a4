//! Every path, and the OpenAPI document that comes of it.

mod health;
mod metrics;
pub(crate) mod names;
mod openapi_json;
mod ready;
mod v1;

use crate::app::App;
use crate::problem::{Code, Problem};
use axum::Router;
use utoipa::OpenApi;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "cordon",
        description = "Account enforcement: events and reports in, cases, decisions and similar accounts out.\n\nErrors are RFC 9457 problems with a stable `code`. Times are RFC 3339 in UTC, weights are bits (log2 of a likelihood ratio). Lists are pages: pass `next` as `cursor` until it is absent.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    components(schemas(Problem)),
    security(("token" = []), ("session" = [])),
    modifiers(&Token),
    tags(
        (name = "session", description = "Who one is; and a cookie in the place of a token, for browsers."),
        (name = "intake", description = "What the platform sends. Role: platform or admin."),
        (name = "accounts", description = "What is known of an account, and who is like it. Role: viewer and above."),
        (name = "cases", description = "Reviewing. Reading: viewer and above; claiming and deciding: reviewer and above."),
        (name = "decisions", description = "Accountable choices. Overturning: lead or admin."),
        (name = "batches", description = "Many decisions at once. Looking: viewer and above; proposing and judging: reviewer and above; approving and taking back: lead or admin, approving by another person than the proposer."),
        (name = "appeals", description = "What accounts are told, and what they say to it. By the signed link of a notice: no token; handing over: platform or admin; looking: viewer and above; deciding: reviewer and above, but nobody who had a part in the decision."),
        (name = "quality", description = "Decided cases judged once more, by somebody who knows neither the decision nor who made it. Judging: reviewer and above; settling: lead or admin."),
        (name = "measures", description = "What the record says of how well it goes. Role: viewer and above."),
        (name = "rules", description = "The rule sets in force, and those to come. Reading: viewer and above; changing: lead or admin."),
        (name = "banks", description = "Known pictures, texts and addresses. Reading: viewer and above; changing: lead or admin."),
        (name = "audit", description = "Who did what to whom, that nothing of it was changed since, and proofs that anybody can check. Role: admin."),
        (name = "operation", description = "For those who run the server. No token needed.")
    )
)]
struct Document;

struct Token;

impl utoipa::Modify for Token {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("From `cordon admin token create`"))
            .build();
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("token", SecurityScheme::Http(scheme));
        let cookie = ApiKeyValue::with_description(
            "cordon_session",
            "From `POST /v1/session`; every write carries a header `X-Cordon-Csrf` as well",
        );
        components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    }
}

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(health::health))
        .routes(routes!(ready::ready))
        .routes(routes!(metrics::metrics))
        .routes(routes!(openapi_json::openapi_json))
        .merge(v1::routes())
}

/// The document as committed: JSON, indented, with a line break at its end.
pub fn openapi() -> String {
    let (_, document) = routes().split_for_parts();
    let mut text = document.to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}

pub(crate) fn router(app: App) -> Router {
    let (router, _) = routes().split_for_parts();
    router
        .fallback(crate::console::serve)
        .method_not_allowed_fallback(|| async {
            Problem::new(Code::MethodNotAllowed, "the path exists, but not with this method")
        })
        .with_state(app)
}

/// A problem of this status, for the document.
pub(crate) fn problem(description: &str) -> RefOr<Response> {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    let response =
        ResponseBuilder::new().description(description).content("application/problem+json", content).build();
    RefOr::T(response)
}

macro_rules! problems {
    ($($(#[$doc:meta])* $name:ident { $($status:literal: $what:literal),+ $(,)? })+) => {$(
        $(#[$doc])*
        pub(crate) struct $name;

        impl utoipa::IntoResponses for $name {
            fn responses()
            -> std::collections::BTreeMap<String, utoipa::openapi::RefOr<utoipa::openapi::Response>> {
                [$(($status.to_owned(), $crate::api::problem($what))),+].into()
            }
        }
    )+};
}
pub(crate) use problems;

problems! {
    /// What any endpoint behind a token may answer.
    Guarded {
        "401": "`unauthenticated`: no token, or one that opens nothing",
        "403": "`forbidden`: the token's role may not do this",
        "503": "`overloaded`, `record_unavailable`, `storage_full` or `shutting_down`: try again after `Retry-After`",
    }
}
