//! From an event to what it says about its actor: entities, terms, a text's fingerprint. Pure, and safe to run
//! on many threads at once: nothing here looks at state.

mod acts;
mod co_action;
mod handle;
mod ip;
mod name;
mod redact;
pub mod text;
mod url;

use crate::banks::hash::Pdq;
use crate::banks::{TextSignal, picture};
use crate::fingerprints::Sketch;
use crate::settings::{LinkKind, LinkSettings, Normaliser, Path};
use cordon_model::clock::{Day, Timestamp};
use cordon_model::event::{Event, EventType, Reject, RejectCode};
use cordon_model::hashing::HashKey;
use cordon_model::json::Json;
use cordon_model::limits;
use std::borrow::Cow;

pub use acts::{ActObject, act_kinds, each_act};
pub use redact::redact;
pub(crate) use url::NormalisedUrl;

/// Name space of account ids among keyed hashes. Entity types and stores use their own numbers from 0 and 200.
const SPACE_ACCOUNT: u8 = 255;
const SPACE_TERMS: u8 = 200;
/// Texts shorter than this many shingles say too little to be anybody's near-duplicate.
const SHINGLES_MIN: usize = 16;

/// What one event says about its actor, by keyed hashes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Extracted {
    /// Keyed hash of the actor; `None` where the event names nobody.
    pub actor: Option<u64>,
    /// Day of the event's own time.
    pub day: Day,
    /// (entity type, keyed hash), each once.
    pub entities: Vec<(u8, u64)>,
    /// Followed accounts: (entity type, keyed hash of the entity, keyed hash of the account).
    pub follows: Vec<(u8, u64, u64)>,
    /// (profile store, keyed hash of the term), repeated as often as it occurs.
    pub terms: Vec<(u8, u64)>,
    /// The text's fingerprint: (entity type, sketch).
    pub near_text: Option<(u8, Sketch)>,
    /// Pictures by their PDQ hashes: (entity type, hash).
    pub near_media: Vec<(u8, Pdq)>,
    /// Followers, where the event tells.
    pub followers: Option<u32>,
}

/// The keyed hash under which an account is known.
pub fn account_hash(key: &HashKey, account_id: &str) -> u64 {
    key.hash64(SPACE_ACCOUNT, account_id.as_bytes())
}

/// The account that an event is about as an actor, where it names one.
pub fn actor_of<'e>(settings: &LinkSettings, event: &'e Event<'_>) -> Option<&'e str> {
    find(&event.body, &settings.actor).and_then(Json::as_str).filter(|id| !id.is_empty())
}

/// Reads what `event` says about its actor.
///
/// Errors: [`RejectCode::TooMany`] where it names more than [`limits::EVENT_ENTITIES_MAX`] entities.
pub fn extract(settings: &LinkSettings, key: &HashKey, event: &Event<'_>) -> Result<Extracted, Reject> {
    extract_beside(settings, key, event, None)
}

/// The same where the text of the post has a sketch already: the dearest part is not done twice.
pub(crate) fn extract_beside(
    settings: &LinkSettings,
    key: &HashKey,
    event: &Event<'_>,
    post: Option<&TextSignal>,
) -> Result<Extracted, Reject> {
    let mut found = Extracted { day: event.time.day(), ..Extracted::default() };
    let Some(actor) = actor_of(settings, event) else { return Ok(found) };
    found.actor = Some(account_hash(key, actor));
    found.followers = followers(&event.body);
    let mut named = 0_usize;
    for (number, link) in settings.links.iter().enumerate() {
        if !reads(&link.on, event.kind) {
            continue;
        }
        let number = number as u8;
        each_value(&event.body, &link.path, &mut |value| {
            named += 1;
            match link.kind {
                LinkKind::NearText => {
                    let sketch = match post.filter(|_| is_post_text(&link.path)) {
                        Some(post) => post.sketch,
                        None => near_sketch(&text::fold(value), key),
                    };
                    found.near_text = sketch.map(|sketch| (number, sketch));
                }
                LinkKind::NearMedia => found.near_media.extend(picture(value).map(|hash| (number, hash))),
                kind => add_entity(&mut found, Line { number, kind, key }, link.normalise, value, event.time),
            }
        });
        check_count(named)?;
    }
    for (number, store) in settings.profiles.iter().enumerate() {
        if !reads(&store.on, event.kind) {
            continue;
        }
        let number = number as u8;
        let space = SPACE_TERMS + number;
        if store.normalise == Normaliser::Hour {
            found.terms.push((number, u64::from(event.time.hour())));
            continue;
        }
        each_value(&event.body, &store.path, &mut |value| match store.normalise {
            Normaliser::Words => {
                text::each_word(value, &mut |word| {
                    found.terms.push((number, key.hash64(space, word.as_bytes())))
                });
            }
            normalise => {
                named += 1;
                if let Some(term) = normalised(normalise, value) {
                    found.terms.push((number, key.hash64(space, term.as_bytes())));
                }
            }
        });
        check_count(named)?;
    }
    found.entities.sort_unstable();
    found.entities.dedup();
    Ok(found)
}

/// Calls `found` with every entity of type `number` in `event`, readable, beside its keyed hash: how a value is
/// shown whose hash alone is kept.
pub fn readable_entities(
    settings: &LinkSettings,
    key: &HashKey,
    event: &Event<'_>,
    number: u8,
    found: &mut dyn FnMut(u64, &str),
) {
    let Some(link) = settings.link(number) else { return };
    each_value(&event.body, &link.path, &mut |value| match link.kind {
        LinkKind::NearText | LinkKind::NearMedia => {}
        kind => {
            let mut one = Extracted::default();
            add_entity(&mut one, Line { number, kind, key }, link.normalise, value, event.time);
            let readable = normalised(link.normalise, value).unwrap_or(Cow::Borrowed(value));
            let hashes = one.entities.iter().map(|(_, hash)| *hash);
            for hash in hashes.chain(one.follows.iter().map(|(_, hash, _)| *hash)) {
                found(hash, &readable);
            }
        }
    });
}

/// The same for the terms of profile store `number`.
pub fn readable_terms(
    settings: &LinkSettings,
    key: &HashKey,
    event: &Event<'_>,
    number: u8,
    found: &mut dyn FnMut(u64, &str),
) {
    let Some(store) = settings.profiles.get(usize::from(number)) else { return };
    let space = SPACE_TERMS + number;
    each_value(&event.body, &store.path, &mut |value| match store.normalise {
        Normaliser::Words => {
            text::each_word(value, &mut |word| found(key.hash64(space, word.as_bytes()), word));
        }
        normalise => {
            if let Some(term) = normalised(normalise, value) {
                found(key.hash64(space, term.as_bytes()), &term);
            }
        }
    });
}

struct Line<'k> {
    number: u8,
    kind: LinkKind,
    key: &'k HashKey,
}

fn add_entity(found: &mut Extracted, line: Line<'_>, normalise: Normaliser, value: &str, time: Timestamp) {
    let Some(value) = normalised(normalise, value) else { return };
    let hash = line.key.hash64(line.number, value.as_bytes());
    match line.kind {
        LinkKind::Identifier => found.entities.push((line.number, hash)),
        LinkKind::Follow => found.follows.push((line.number, hash, account_hash(line.key, &value))),
        LinkKind::CoAction { window_seconds } => {
            let moments = co_action::moments(time, window_seconds);
            found.entities.extend(moments.map(|moment| (line.number, co_action::mix(hash, moment))));
        }
        LinkKind::NearText | LinkKind::NearMedia => {}
    }
}

fn is_post_text(path: &Path) -> bool {
    path.0.iter().map(String::as_str).eq(["post", "text"])
}

/// The PDQ hashes at `path`, as written.
pub fn pictures(body: &Json<'_>, path: &Path) -> Vec<String> {
    let mut found = Vec::new();
    each_value(body, path, &mut |value| found.extend(picture(value).map(|_| value.to_owned())));
    found
}

/// The sketch of a folded text; `None` where it is too short to be anybody's near-duplicate.
pub(crate) fn near_sketch(folded: &str, key: &HashKey) -> Option<Sketch> {
    Sketch::of_text(folded, SHINGLES_MIN, key)
}

/// `value` as it is compared; `None` where it is not a value of that kind at all.
pub fn normalised(normalise: Normaliser, value: &str) -> Option<Cow<'_, str>> {
    let value = value.trim();
    if value.is_empty() || value.len() > limits::ENTITY_VALUE_BYTES_MAX {
        return None;
    }
    match normalise {
        Normaliser::Exact | Normaliser::Words | Normaliser::Hour => Some(Cow::Borrowed(value)),
        Normaliser::Lower => Some(text::lower(value)),
        Normaliser::Ip => ip::canonical(value).map(Cow::Owned),
        Normaliser::IpNetwork => ip::network(value).map(Cow::Owned),
        Normaliser::HandleStem => handle::stem(value).map(Cow::Owned),
        Normaliser::NameSkeleton => name::skeleton(value).map(Cow::Owned),
        Normaliser::Url => url::canonical(value).map(Cow::Owned),
        Normaliser::Domain => url::domain(value).map(Cow::Owned),
    }
}

fn reads(on: &[EventType], kind: EventType) -> bool {
    on.is_empty() || on.contains(&kind)
}

fn check_count(named: usize) -> Result<(), Reject> {
    if named <= limits::EVENT_ENTITIES_MAX {
        return Ok(());
    }
    let reason = format!("names more than {} entities", limits::EVENT_ENTITIES_MAX);
    Err(Reject::new(RejectCode::TooMany, reason))
}

fn find<'j, 'a>(body: &'j Json<'a>, path: &Path) -> Option<&'j Json<'a>> {
    path.0.iter().try_fold(body, |value, name| value.get(name))
}

/// Every text at `path`: the value itself, or each element of a list. A keyed hash in the place of a value whose time
/// is over is none.
fn each_value(body: &Json<'_>, path: &Path, found: &mut dyn FnMut(&str)) {
    let mut found = |text: &str| {
        if !redact::is_marked(text) {
            found(text);
        }
    };
    match find(body, path) {
        Some(Json::String(text)) => found(text),
        Some(Json::Array(items)) => items.iter().filter_map(Json::as_str).for_each(found),
        _ => {}
    }
}

fn followers(body: &Json<'_>) -> Option<u32> {
    let count = body.path(&["account", "followers"]).and_then(Json::as_i64)?;
    u32::try_from(count).ok()
}

#[cfg(test)]
mod tests;
