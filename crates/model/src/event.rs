//! What a platform sends: the native events, read from one line of JSON.
//!
//! An event is an envelope (`id`, `type`, `time`) around whatever the platform knows. The native types below
//! are checked for the fields without which they would say nothing; other types are taken as they are, for
//! rules and `links.yaml` to read by path. `schema/event.schema.json` is the same in JSON Schema.

use crate::clock::Timestamp;
use crate::json::{Json, JsonError};
use crate::limits;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The native schema of events, as JSON Schema (draft 2020-12).
pub const SCHEMA: &str = include_str!("../schema/event.schema.json");

/// The kinds of event that cordon knows by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventType {
    /// `account.created`: somebody signed up.
    AccountCreated,
    /// `account.snapshot`: how an account stands, sent for a back-fill.
    AccountSnapshot,
    /// `account.updated`: a profile changed.
    AccountUpdated,
    /// `account.deleted`: its holder or the platform removed it.
    AccountDeleted,
    /// `account.logged_in`: a log-in with address and device.
    AccountLoggedIn,
    /// `post.created`: a post, repost or reply.
    PostCreated,
    /// `post.deleted`
    PostDeleted,
    /// `follow.created`
    FollowCreated,
    /// `share.created`: an account shared an object; what coordination data sets hold.
    ShareCreated,
    /// `report.created`: somebody says that something breaks policy.
    ReportCreated,
    /// `decision.imported`: what the platform decided before cordon, or elsewhere.
    DecisionImported,
    /// Any other type: evaluated, linked by the paths of `links.yaml`, nothing more.
    Other,
}

impl EventType {
    const NAMED: [(EventType, &'static str); 11] = [
        (Self::AccountCreated, "account.created"),
        (Self::AccountSnapshot, "account.snapshot"),
        (Self::AccountUpdated, "account.updated"),
        (Self::AccountDeleted, "account.deleted"),
        (Self::AccountLoggedIn, "account.logged_in"),
        (Self::PostCreated, "post.created"),
        (Self::PostDeleted, "post.deleted"),
        (Self::FollowCreated, "follow.created"),
        (Self::ShareCreated, "share.created"),
        (Self::ReportCreated, "report.created"),
        (Self::DecisionImported, "decision.imported"),
    ];

    /// The type of that name; [`EventType::Other`] for a name of the platform's own.
    pub fn from_name(name: &str) -> Self {
        Self::NAMED.iter().find(|(_, known)| *known == name).map_or(Self::Other, |(kind, _)| *kind)
    }

    /// The paths that an event of this type must fill with non-empty text.
    const fn required_text(self) -> &'static [&'static [&'static str]] {
        const ACCOUNT: &[&str] = &["account", "id"];
        match self {
            Self::AccountCreated
            | Self::AccountSnapshot
            | Self::AccountUpdated
            | Self::AccountDeleted
            | Self::AccountLoggedIn
            | Self::PostCreated => &[ACCOUNT],
            Self::PostDeleted => &[ACCOUNT, &["post", "id"]],
            Self::FollowCreated => &[ACCOUNT, &["follow", "account_id"]],
            Self::ShareCreated => &[ACCOUNT, &["share", "object_id"]],
            Self::ReportCreated => &[&["report", "account_id"]],
            Self::DecisionImported => &[&["decision", "account_id"], &["decision", "outcome"]],
            Self::Other => &[],
        }
    }
}

/// An event as read: the envelope checked, the rest as it came.
#[derive(Clone, Debug)]
pub struct Event<'a> {
    /// The sender's identifier.
    pub id: String,
    /// Its type.
    pub kind: EventType,
    /// When it happened; never more than [`limits::CLOCK_SKEW_SECONDS_MAX`] after `received_at`.
    pub time: Timestamp,
    /// Whether `time` had to be moved back to the arrival because it lay in the future.
    pub is_clamped: bool,
    /// Whether it arrived so long after it happened that it fires no effect.
    pub is_late: bool,
    /// The whole event.
    pub body: Json<'a>,
}

/// Why a line was not taken, in a code that scripts rely on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RejectCode {
    /// Not a JSON object.
    InvalidJson,
    /// Longer than [`limits::LINE_BYTES_MAX`].
    TooLong,
    /// Deeper than [`limits::JSON_DEPTH_MAX`].
    TooDeep,
    /// Names more than [`limits::EVENT_ENTITIES_MAX`] entities.
    TooMany,
    /// A required field is absent, empty or of another type.
    MissingField,
    /// `time` is not RFC 3339 or lies before 1990.
    TimeInvalid,
    /// An identifier is longer than [`limits::ID_BYTES_MAX`].
    IdInvalid,
    /// The id is taken by an event with other content; the first stands.
    IdConflict,
    /// A field has a value outside the list that the schema gives.
    ValueInvalid,
}

impl RejectCode {
    /// The code as text.
    pub const fn name(self) -> &'static str {
        match self {
            Self::InvalidJson => "invalid_json",
            Self::TooLong => "too_long",
            Self::TooDeep => "too_deep",
            Self::TooMany => "too_many",
            Self::MissingField => "missing_field",
            Self::TimeInvalid => "time_invalid",
            Self::IdInvalid => "id_invalid",
            Self::IdConflict => "id_conflict",
            Self::ValueInvalid => "value_invalid",
        }
    }
}

/// A refused line: what is wrong and how to mend it. Never quotes the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reject {
    /// The stable code.
    pub code: RejectCode,
    /// The reason in words, with the field's path.
    pub reason: String,
}

impl Reject {
    /// A refusal with its reason.
    pub fn new(code: RejectCode, reason: impl Into<String>) -> Self {
        Self { code, reason: reason.into() }
    }
}

impl fmt::Display for Reject {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.code.name(), self.reason)
    }
}

impl From<JsonError> for Reject {
    fn from(error: JsonError) -> Self {
        let code = match error {
            JsonError::TooDeep => RejectCode::TooDeep,
            JsonError::Invalid { .. } => RejectCode::InvalidJson,
        };
        Self::new(code, error.to_string())
    }
}

impl<'a> Event<'a> {
    /// Reads one line that arrived at `received_at`. The same line and arrival always give the same event.
    ///
    /// Errors: the first thing that is wrong, as a [`Reject`].
    pub fn read(line: &'a [u8], received_at: Timestamp) -> Result<Self, Reject> {
        if line.len() > limits::LINE_BYTES_MAX {
            let reason = format!("{} bytes; at most {} are taken", line.len(), limits::LINE_BYTES_MAX);
            return Err(Reject::new(RejectCode::TooLong, reason));
        }
        let body = Json::parse(line)?;
        if !matches!(body, Json::Object(_)) {
            return Err(Reject::new(RejectCode::InvalidJson, "an event is a JSON object"));
        }
        let id = required_id(&body, &["id"])?.to_owned();
        let name = required_id(&body, &["type"])?;
        if name.len() > limits::EVENT_TYPE_BYTES_MAX {
            return Err(Reject::new(RejectCode::IdInvalid, "`type` is longer than 64 bytes"));
        }
        let kind = EventType::from_name(name);
        let (time, is_clamped) = required_time(&body, received_at)?;
        for path in kind.required_text() {
            required_id(&body, path)?;
        }
        check_values(kind, &body)?;
        let is_late = time < received_at.plus_seconds(-limits::LATE_AFTER_SECONDS);
        Ok(Self { id, kind, time, is_clamped, is_late, body })
    }
}

fn required_id<'j>(body: &'j Json<'_>, path: &[&str]) -> Result<&'j str, Reject> {
    let text = body.path(path).and_then(Json::as_str).filter(|text| !text.is_empty());
    let Some(text) = text else {
        let reason = format!("`{}` must be a non-empty string", path.join("."));
        return Err(Reject::new(RejectCode::MissingField, reason));
    };
    if text.len() > limits::ID_BYTES_MAX {
        let reason = format!("`{}` is longer than {} bytes", path.join("."), limits::ID_BYTES_MAX);
        return Err(Reject::new(RejectCode::IdInvalid, reason));
    }
    Ok(text)
}

fn required_time(body: &Json<'_>, received_at: Timestamp) -> Result<(Timestamp, bool), Reject> {
    let invalid = |reason: &str| Reject::new(RejectCode::TimeInvalid, reason);
    let time = body
        .get("time")
        .and_then(Json::as_str)
        .and_then(Timestamp::parse)
        .ok_or_else(|| invalid("`time` must be RFC 3339 with an offset, as in 2016-02-05T10:00:00Z"))?;
    if time < Timestamp::from_seconds(limits::EVENT_TIME_MIN_SECONDS) {
        return Err(invalid("`time` lies before 1990"));
    }
    let latest = received_at.plus_seconds(limits::CLOCK_SKEW_SECONDS_MAX);
    Ok(if time > latest { (received_at, true) } else { (time, false) })
}

/// The outcomes that `decision.imported` may name.
pub const IMPORTED_OUTCOMES: [&str; 3] = ["suspended", "cleared", "restored"];
/// The kinds of reporter that `report.created` may name.
pub const REPORTER_KINDS: [&str; 4] = ["anonymous", "user", "partner", "authority"];

fn check_values(kind: EventType, body: &Json<'_>) -> Result<(), Reject> {
    let one_of = |path: &[&str], allowed: &[&str]| match body.path(path) {
        None => Ok(()),
        Some(value) if value.as_str().is_some_and(|text| allowed.contains(&text)) => Ok(()),
        Some(_) => {
            let reason = format!("`{}` must be one of {}", path.join("."), allowed.join(", "));
            Err(Reject::new(RejectCode::ValueInvalid, reason))
        }
    };
    match kind {
        EventType::DecisionImported => one_of(&["decision", "outcome"], &IMPORTED_OUTCOMES),
        EventType::ReportCreated => one_of(&["report", "reporter", "kind"], &REPORTER_KINDS),
        EventType::PostCreated if !matches!(body.get("post"), Some(Json::Object(_))) => {
            Err(Reject::new(RejectCode::MissingField, "`post` must be an object"))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_454_670_000);

    fn code(line: &str) -> Option<RejectCode> {
        Event::read(line.as_bytes(), NOW).err().map(|reject| reject.code)
    }

    #[test]
    fn a_post_is_read_with_its_time_and_body() {
        let line = r#"{"id":"e1","type":"post.created","time":"2016-02-05T10:00:00Z","account":{"id":"a"},"post":{"text":"hi"}}"#;
        let event = Event::read(line.as_bytes(), NOW).unwrap();
        assert_eq!((event.id.as_str(), event.kind), ("e1", EventType::PostCreated));
        assert_eq!(event.body.path(&["post", "text"]).and_then(Json::as_str), Some("hi"));
        assert!(!event.is_clamped && !event.is_late);
    }

    #[test]
    fn a_time_in_the_future_is_clamped_to_the_arrival() {
        let line = r#"{"id":"e1","type":"x","time":"2017-02-05T10:00:00Z"}"#;
        let event = Event::read(line.as_bytes(), NOW).unwrap();
        assert_eq!((event.time, event.is_clamped), (NOW, true));
    }

    #[test]
    fn an_old_event_is_late() {
        let line = r#"{"id":"e1","type":"x","time":"2016-01-05T10:00:00Z"}"#;
        assert!(Event::read(line.as_bytes(), NOW).unwrap().is_late);
    }

    #[test]
    fn each_kind_of_mistake_has_its_code() {
        assert_eq!(code("[]"), Some(RejectCode::InvalidJson));
        assert_eq!(code(r#"{"type":"x","time":"2016-02-05T10:00:00Z"}"#), Some(RejectCode::MissingField));
        assert_eq!(
            code(r#"{"id":"e","type":"x","time":"1989-02-05T10:00:00Z"}"#),
            Some(RejectCode::TimeInvalid)
        );
        assert_eq!(code(r#"{"id":"e","type":"x","time":"soon"}"#), Some(RejectCode::TimeInvalid));
        assert_eq!(
            code(r#"{"id":"e","type":"post.created","time":"2016-02-05T10:00:00Z","post":{}}"#),
            Some(RejectCode::MissingField)
        );
        assert_eq!(
            code(
                r#"{"id":"e","type":"decision.imported","time":"2016-02-05T10:00:00Z","decision":{"account_id":"a","outcome":"shot"}}"#
            ),
            Some(RejectCode::ValueInvalid)
        );
        let long = format!(r#"{{"id":"{}","type":"x","time":"2016-02-05T10:00:00Z"}}"#, "e".repeat(257));
        assert_eq!(code(&long), Some(RejectCode::IdInvalid));
        let huge = " ".repeat(limits::LINE_BYTES_MAX + 1);
        assert_eq!(code(&huge), Some(RejectCode::TooLong));
    }

    #[test]
    fn the_published_schema_names_every_native_type() {
        for (_, name) in EventType::NAMED {
            assert!(SCHEMA.contains(&format!("\"{name}\"")), "{name} is missing in the schema");
        }
    }
}
