//! The coordination world's four columns, as events: `object_id,account_id,content_id,timestamp_share`.

use cordon_model::clock::Timestamp;
use cordon_model::event::{Reject, RejectCode};
use cordon_model::limits;
use serde_json::json;
use sha2::{Digest, Sha256};

const HEADER: &str = "object_id,account_id,content_id,timestamp_share";

/// Whether a first line announces the four columns.
pub(crate) fn is_header(line: &[u8]) -> bool {
    let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
    std::str::from_utf8(line).is_ok_and(|text| text.trim().replace('"', "") == HEADER)
}

/// Who shared what, and when: the object, the account and the instant of a line; `None` where it is no share.
pub(crate) fn share(line: &str) -> Option<(&str, &str, Timestamp)> {
    let mut values = line.split(',').map(|value| value.trim().trim_matches('"'));
    let (object, account, _content) = (values.next()?, values.next()?, values.next()?);
    let time = values.next().and_then(instant)?;
    values.next().is_none().then_some((object, account, time))
}

/// The event that a line stands for; its id is the hash of the four values, so that the same share counts once.
/// An empty line is none. A line that is no share becomes an event that lacks what the line lacks: it is then
/// rejected by its number, as `missing_field` without four full columns and as `time_invalid` without a time.
pub(super) fn event(line: &[u8]) -> String {
    let text = String::from_utf8_lossy(line);
    if text.trim().is_empty() {
        return String::new();
    }
    let values: Vec<&str> = text.split(',').map(|value| value.trim().trim_matches('"')).collect();
    match values[..] {
        [object, account, content, seconds] if values.iter().all(|value| !value.is_empty()) => {
            share_event(object, account, content, seconds)
        }
        _ => json!({ "type": "share.created" }).to_string(),
    }
}

/// What is wrong with a row, in a row's words: its sender knows nothing of the event that it stands for.
pub fn reason(reject: &Reject) -> String {
    match reject.code {
        RejectCode::MissingField => format!("a row has four values: {HEADER}"),
        RejectCode::TimeInvalid => {
            "`timestamp_share` must be Unix seconds, from 1990 on, fractions allowed".to_owned()
        }
        RejectCode::IdInvalid => format!("a value of the row is longer than {} bytes", limits::ID_BYTES_MAX),
        _ => reject.reason.clone(),
    }
}

fn share_event(object: &str, account: &str, content: &str, seconds: &str) -> String {
    let time = instant(seconds).map_or_else(String::new, |time| time.to_string());
    let digest = Sha256::digest([object, account, content, seconds].join("\u{1f}").as_bytes());
    let id: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    json!({
        "id": id,
        "type": "share.created",
        "time": time,
        "account": { "id": account },
        "share": { "object_id": object, "content_id": content },
    })
    .to_string()
}

/// Unix seconds, fractions allowed.
fn instant(seconds: &str) -> Option<Timestamp> {
    let seconds: f64 = seconds.parse().ok()?;
    let micros = seconds * 1e6;
    (micros.is_finite() && micros.abs() < 9e18).then_some(Timestamp(micros as i64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use cordon_model::event::Event;

    #[test]
    fn a_share_becomes_an_event_with_the_hash_of_its_values_as_id() {
        assert!(is_header(b"object_id,account_id,content_id,timestamp_share"));
        let (one, two) = (event(b"o,a,c,1623881091.5"), event(b"o,a,c,1623881091.5"));
        assert_eq!(one, two);
        assert!(one.contains(r#""time":"2021-06-16T22:04:51.5Z""#), "{one}");
        assert_ne!(event(b"o,a,c,1623881092"), one);
    }

    #[test]
    fn a_line_that_is_no_share_is_rejected_by_what_it_lacks() {
        let code = |line: &[u8]| Event::read(event(line).as_bytes(), Timestamp(0)).unwrap_err().code;
        for line in [&b"o,a,c"[..], b"o,a,c,1623881091,more", b"o,,c,1623881091", b"no share"] {
            assert_eq!(code(line), RejectCode::MissingField, "{}", String::from_utf8_lossy(line));
        }
        for line in [&b"o,a,c,soon"[..], b"o,a,c,1"] {
            assert_eq!(code(line), RejectCode::TimeInvalid, "{}", String::from_utf8_lossy(line));
        }
        assert_eq!(event(b" "), "");
    }
}
