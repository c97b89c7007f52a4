//! Putting keyed hashes in place of raw values whose time is over.

use super::{SPACE_TERMS, normalised, reads};
use crate::settings::{LinkSettings, Normaliser, Path};
use cordon_model::entity::EvidenceGroup;
use cordon_model::event::EventType;
use cordon_model::hashing::HashKey;
use serde_json::Value;

/// What stands in front of the hash where a raw value stood.
const MARK: &str = "keyed:";

/// The payload of an event of `kind` with a keyed hash in place of every value that links or profiles read and that
/// no group reading it keeps for more than `age_days`; `None` where nothing is to be replaced.
///
/// A replay loses nothing by it: what such a value had linked is over by the same clock.
pub fn redact(
    settings: &LinkSettings,
    key: &HashKey,
    kind: EventType,
    payload: &[u8],
    age_days: u16,
) -> Option<Vec<u8>> {
    let over: Vec<Line<'_>> =
        lines(settings, kind).filter(|line| is_over(settings, kind, line.path, age_days)).collect();
    if over.is_empty() {
        return None;
    }
    let mut body: Value = serde_json::from_slice(payload).ok()?;
    let mut is_changed = false;
    for line in &over {
        let found = line.path.0.iter().try_fold(&mut body, |value, name| value.get_mut(name));
        match found {
            Some(Value::Array(items)) => {
                items.iter_mut().for_each(|item| is_changed |= replace(item, line, key));
            }
            Some(value) => is_changed |= replace(value, line, key),
            None => {}
        }
    }
    is_changed.then(|| serde_json::to_vec(&body).ok()).flatten()
}

/// Where raw values stand, for whom, and under which hash they are known.
struct Line<'s> {
    path: &'s Path,
    group: EvidenceGroup,
    normalise: Normaliser,
    space: u8,
}

/// What reads events of this kind; times are no identifiers.
fn lines(settings: &LinkSettings, kind: EventType) -> impl Iterator<Item = Line<'_>> {
    let links = (0..).zip(&settings.links).filter(move |(_, link)| reads(&link.on, kind));
    let links = links.map(|(number, link)| Line {
        path: &link.path,
        group: link.group,
        normalise: link.normalise,
        space: number,
    });
    let profiles = (SPACE_TERMS..).zip(&settings.profiles).filter(move |(_, store)| reads(&store.on, kind));
    let profiles = profiles.map(|(space, store)| Line {
        path: &store.path,
        group: store.group,
        normalise: store.normalise,
        space,
    });
    links.chain(profiles).filter(|line| line.normalise != Normaliser::Hour && *line.path != settings.actor)
}

/// Whether nothing that reads this path keeps it any longer.
fn is_over(settings: &LinkSettings, kind: EventType, path: &Path, age_days: u16) -> bool {
    let readers = lines(settings, kind).filter(|line| line.path == path);
    readers.map(|line| settings.keep_days(line.group)).max().is_some_and(|keep| age_days > keep)
}

fn replace(value: &mut Value, line: &Line<'_>, key: &HashKey) -> bool {
    let Value::String(text) = value else { return false };
    if text.is_empty() || is_marked(text) {
        return false;
    }
    let compared = normalised(line.normalise, text);
    let hash = key.hash64(line.space, compared.as_deref().unwrap_or(text).as_bytes());
    *text = format!("{MARK}{hash:016x}");
    true
}

/// Whether a keyed hash stands where a raw value stood.
pub(super) fn is_marked(text: &str) -> bool {
    let digits = text.strip_prefix(MARK);
    digits.is_some_and(|digits| digits.len() == 16 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVENT: &str = r#"{"id":"e","type":"post.created","time":"2016-02-05T10:00:00Z","account":{"id":"a","handle":"heron"},"post":{"id":"p","text":"of herons","urls":["https://heron.example/x","https://heron.example/y"]},"session":{"ip":"192.0.2.7","device":"d"}}"#;

    fn at(age_days: u16) -> Option<Value> {
        let key = HashKey::from_bytes([3; 16]);
        let settings = LinkSettings::bundled();
        let bytes = redact(&settings, &key, EventType::PostCreated, EVENT.as_bytes(), age_days)?;
        let again = redact(&settings, &key, EventType::PostCreated, &bytes, age_days);
        assert_eq!(again, None, "a hash is not hashed again");
        serde_json::from_slice(&bytes).ok()
    }

    #[test]
    fn what_stands_in_place_of_a_value_is_no_value() {
        let (key, settings) = (HashKey::from_bytes([3; 16]), LinkSettings::bundled());
        let bytes = redact(&settings, &key, EventType::PostCreated, EVENT.as_bytes(), 400).unwrap();
        let now = cordon_model::clock::Timestamp::parse("2016-02-05T10:00:00Z").unwrap();
        let said = |bytes: &[u8]| {
            let event = cordon_model::event::Event::read(bytes, now).unwrap();
            crate::extract::extract(&settings, &key, &event).unwrap()
        };
        let mut without: Value = serde_json::from_slice(&bytes).unwrap();
        take_marked_out(&mut without);
        let (before, after) = (said(EVENT.as_bytes()), said(&bytes));
        assert_eq!(after, said(without.to_string().as_bytes()));
        assert!(after.entities.len() < before.entities.len() && after.terms.len() < before.terms.len());
    }

    fn take_marked_out(value: &mut Value) {
        let is_marked_text = |value: &Value| value.as_str().is_some_and(is_marked);
        match value {
            Value::Object(fields) => {
                fields.retain(|_, value| !is_marked_text(value));
                fields.values_mut().for_each(take_marked_out);
            }
            Value::Array(items) => items.retain(|item| !is_marked_text(item)),
            _ => {}
        }
    }

    #[test]
    fn values_go_group_by_group_as_their_time_is_over() {
        assert_eq!(at(30), None);
        let month = at(31).unwrap();
        assert!(month["post"]["text"].as_str().unwrap().starts_with(MARK));
        assert!(month["post"]["urls"].as_array().unwrap().iter().all(|url| is_marked(url.as_str().unwrap())));
        assert_ne!(month["post"]["urls"][0], month["post"]["urls"][1]);
        assert_eq!(month["session"]["ip"], "192.0.2.7");
        let quarter = at(91).unwrap();
        assert!(is_marked(quarter["session"]["ip"].as_str().unwrap()));
        assert_eq!(quarter["session"]["device"], "d");
        let years = at(366).unwrap();
        assert!(is_marked(years["account"]["handle"].as_str().unwrap()));
        assert_eq!((&years["account"]["id"], &years["id"]), (&Value::from("a"), &Value::from("e")));
    }
}
