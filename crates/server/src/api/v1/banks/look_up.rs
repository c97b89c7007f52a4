//! `POST /v1/banks/match`

use crate::api::{Guarded, names, problems};
use crate::app::App;
use crate::auth::{Caller, Look};
use crate::extract::JsonBody;
use crate::problem::{Code, Problem};
use axum::Json;
use axum::extract::State;
use cordon_pipeline::Evaluator;
use cordon_pipeline::detect::banks::{BankMatch, Likeness, Signals, describe_matches};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Content to be looked up: one of its members.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Content {
    /// A text.
    text: Option<String>,
    /// A web address.
    url: Option<String>,
    /// MD5, SHA-1 or SHA-256 in hexadecimal, or `pdq:` and 64 hexadecimal digits.
    hash: Option<String>,
}

/// What content matches in all banks.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Matches {
    /// Likest first, at most 64.
    matches: Vec<Match>,
}

/// An entry that matches.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Match {
    /// The bank.
    bank_id: String,
    /// The entry.
    entry_id: String,
    /// What it is compared by.
    #[schema(schema_with = names::signal_kind)]
    kind: &'static str,
    /// Whom its matches reach.
    roll_out: Option<String>,
    /// Bits of 256 that differ, for PDQ.
    distance: Option<u32>,
    /// About how much of a text differs, in percent.
    differs_percent: Option<u32>,
    /// The match in words, without what was banked.
    text: String,
}

impl Match {
    fn of(state: &Evaluator, one: &BankMatch) -> Self {
        let banks = state.detection().banks();
        let (distance, differs_percent) = match one.likeness {
            Likeness::Same => (None, None),
            Likeness::Distance(bits) => (Some(bits), None),
            Likeness::DiffersPercent(percent) => (None, Some(percent)),
        };
        let rows = describe_matches(banks, std::slice::from_ref(one));
        Self {
            bank_id: one.bank_id.to_string(),
            entry_id: one.entry_id.to_string(),
            kind: one.kind.name(),
            roll_out: banks.entry(one.entry_id).map(|facts| facts.roll_out.to_string()),
            distance,
            differs_percent,
            text: rows.into_iter().next().map(|row| row.text).unwrap_or_default(),
        }
    }
}

problems! {
    Refused {
        "400": "`body_invalid`",
        "422": "`change_invalid`: nothing to look up",
    }
}

/// Looks a text, an address or a hash of media up in all banks; counts nothing. Role: viewer and above.
#[utoipa::path(
    post, path = "/v1/banks/match", tag = "banks", request_body = Content,
    responses((status = 200, body = Matches), Guarded, Refused)
)]
pub(crate) async fn match_banks(
    State(app): State<App>,
    _caller: Caller<Look>,
    JsonBody(content): JsonBody<Content>,
) -> Result<Json<Matches>, Problem> {
    let now = app.now();
    let look = move |state: &Evaluator| {
        let signals = signals(state, &content)?;
        let found = state.detection().banks().look_up(&signals, now);
        Ok(Json(Matches { matches: found.iter().map(|one| Match::of(state, one)).collect() }))
    };
    app.ask(look).await?
}

fn signals(state: &Evaluator, content: &Content) -> Result<Signals, Problem> {
    let invalid = |detail: &str| Problem::new(Code::ChangeInvalid, detail);
    let key = state.detection().key();
    let signals = match (&content.text, &content.url, &content.hash) {
        (Some(text), None, None) => Signals::of_text(key, text),
        (None, Some(url), None) => Signals::of_url(key, url),
        (None, None, Some(hash)) => Signals::of_media(key, hash).ok_or_else(|| {
            invalid(
                "no hash: 32, 40 or 64 hexadecimal digits, or `pdq:` and the 64 digits of a picture that is no even surface",
            )
        })?,
        _ => return Err(invalid("one of `text`, `url` and `hash` says what to look up")),
    };
    match signals.is_empty() {
        true => {
            Err(invalid("nothing is left to look up: an address has a host with a dot, a text has letters"))
        }
        false => Ok(signals),
    }
}
