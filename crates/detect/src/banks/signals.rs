//! From an event, or from what somebody asks about, to what is held against the banks: keyed hashes, sketches and
//! PDQ hashes. Pure, and safe to run on many threads.

use super::hash::Pdq;
use crate::extract::{NormalisedUrl, near_sketch, text};
use crate::fingerprints::Sketch;
use cordon_model::bank::SignalKind;
use cordon_model::event::{Event, EventType};
use cordon_model::hashing::HashKey;
use cordon_model::json::Json;
use cordon_model::limits::{BANK_SIGNALS_MAX, BANK_URL_SEGMENTS_MAX};
use serde::{Deserialize, Serialize};

/// Name space of banked values among keyed hashes; each kind has its own from here.
const SPACE_VALUES: u8 = 216;
/// What stands in front of a PDQ hash in an event.
const PDQ_MARK: &str = "pdq:";

/// What one piece of content is compared by.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Signals {
    /// The text.
    pub(crate) text: Option<TextSignal>,
    /// Keyed hashes of digests, addresses, their beginnings and domains.
    pub(crate) exact: Vec<u64>,
    /// Hashes of pictures.
    pub(crate) pictures: Vec<Pdq>,
}

/// What a text is compared by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TextSignal {
    /// Keyed hash of the folded text.
    pub(crate) exact: u64,
    /// Its sketch; `None` where it is too short to have near-duplicates.
    pub(crate) sketch: Option<Sketch>,
}

impl TextSignal {
    fn of(key: &HashKey, folded: &str) -> Self {
        Self { exact: hash(key, SignalKind::Text, folded), sketch: near_sketch(folded, key) }
    }
}

/// What an entry of a bank is compared by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Value {
    /// A keyed hash.
    Exact(u64),
    /// The hash of a picture.
    Picture(Pdq),
    /// A text.
    Text(TextSignal),
}

impl Signals {
    /// What an event says by its actor's own doing: text, addresses and media of a post, the avatar of an account.
    /// Reports, imported decisions and deletions hold nothing.
    pub(crate) fn of_event(key: &HashKey, event: &Event<'_>) -> Self {
        let mut signals = Self::default();
        if is_of_others(event.kind) {
            return signals;
        }
        if let Some(post) = event.body.get("post") {
            if let Some(text) = post.get("text").and_then(Json::as_str) {
                signals.add_text(key, text);
            }
            each_text(post.get("urls"), &mut |url| signals.add_url(key, url));
            each_text(post.get("media_hashes"), &mut |hash| signals.add_media(key, hash));
        }
        each_text(event.body.path(&["account", "avatar_hash"]), &mut |hash| signals.add_media(key, hash));
        signals
    }

    /// What a text is compared by.
    pub fn of_text(key: &HashKey, text: &str) -> Self {
        let mut signals = Self::default();
        signals.add_text(key, text);
        signals
    }

    /// What a web address is compared by.
    pub fn of_url(key: &HashKey, url: &str) -> Self {
        let mut signals = Self::default();
        signals.add_url(key, url);
        signals
    }

    /// What a hash of media is compared by: MD5, SHA-1 or SHA-256 in hexadecimal, or `pdq:` and 64 digits. `None`
    /// where it is none of these.
    pub fn of_media(key: &HashKey, hash: &str) -> Option<Self> {
        let mut signals = Self::default();
        signals.add_media(key, hash);
        (!signals.is_empty()).then_some(signals)
    }

    /// What a picture is compared by.
    pub fn of_picture(hash: Pdq) -> Self {
        Self { pictures: vec![hash], ..Self::default() }
    }

    /// Whether there is nothing to compare.
    pub fn is_empty(&self) -> bool {
        self.text.is_none() && self.exact.is_empty() && self.pictures.is_empty()
    }

    fn add_text(&mut self, key: &HashKey, text: &str) {
        let folded = text::fold(text);
        self.text = (!folded.is_empty()).then(|| TextSignal::of(key, &folded));
    }

    fn add_url(&mut self, key: &HashKey, url: &str) {
        let Some(url) = NormalisedUrl::of(url) else { return };
        self.exact.push(hash(key, SignalKind::Url, &url.canonical));
        let beginnings = url.beginnings().take(BANK_URL_SEGMENTS_MAX + 1);
        self.exact.extend(beginnings.map(|part| hash(key, SignalKind::UrlPrefix, part)));
        let domains = url.domains().take(BANK_URL_SEGMENTS_MAX);
        self.exact.extend(domains.map(|part| hash(key, SignalKind::Domain, part)));
    }

    fn add_media(&mut self, key: &HashKey, text: &str) {
        match media(text) {
            Some(Media::Picture(picture)) => self.pictures.push(picture),
            Some(Media::Digest(kind, digits)) => self.exact.push(hash(key, kind, &digits)),
            None => {}
        }
    }
}

/// Whether an event tells what somebody did to the account, or that something is gone.
fn is_of_others(kind: EventType) -> bool {
    matches!(
        kind,
        EventType::ReportCreated
            | EventType::DecisionImported
            | EventType::AccountDeleted
            | EventType::PostDeleted
    )
}

/// A hash of media, as an event names it.
enum Media {
    Picture(Pdq),
    Digest(SignalKind, String),
}

/// The PDQ hash that an event names as `pdq:` and 64 hexadecimal digits, where it tells pictures apart.
pub(crate) fn picture(text: &str) -> Option<Pdq> {
    text.trim().strip_prefix(PDQ_MARK).and_then(Pdq::parse).filter(|hash| hash.is_telling())
}

fn media(text: &str) -> Option<Media> {
    let text = text.trim();
    if text.starts_with(PDQ_MARK) {
        return picture(text).map(Media::Picture);
    }
    let kind = match text.len() {
        32 => SignalKind::Md5,
        40 => SignalKind::Sha1,
        64 => SignalKind::Sha256,
        _ => return None,
    };
    is_hexadecimal(text).then(|| Media::Digest(kind, text.to_ascii_lowercase()))
}

fn is_hexadecimal(text: &str) -> bool {
    text.bytes().all(|digit| digit.is_ascii_hexdigit())
}

/// A banked value as it is compared, and in the one form under which it is known.
///
/// Errors: what is wrong with it, in words. Never quotes it.
pub(crate) fn read(key: &HashKey, kind: SignalKind, value: &str) -> Result<(Value, String), String> {
    let value = value.trim();
    match kind {
        SignalKind::Md5 => digest(key, kind, value, 32),
        SignalKind::Sha1 => digest(key, kind, value, 40),
        SignalKind::Sha256 => digest(key, kind, value, 64),
        SignalKind::Pdq => read_picture(value),
        SignalKind::Text => {
            let folded = text::fold(value);
            if folded.is_empty() {
                return Err("nothing is left of the text without addresses, mentions and signs".to_owned());
            }
            Ok((Value::Text(TextSignal::of(key, &folded)), folded))
        }
        SignalKind::Url | SignalKind::UrlPrefix | SignalKind::Domain => address(key, kind, value),
    }
}

fn read_picture(value: &str) -> Result<(Value, String), String> {
    let digits = value.strip_prefix(PDQ_MARK).unwrap_or(value);
    let hash = Pdq::parse(digits).ok_or("a PDQ hash has 64 hexadecimal digits")?;
    if !hash.is_telling() {
        return Err("this PDQ hash is that of an even surface: it would match every other one".to_owned());
    }
    Ok((Value::Picture(hash), hash.to_string()))
}

fn digest(key: &HashKey, kind: SignalKind, value: &str, length: usize) -> Result<(Value, String), String> {
    if value.len() != length || !is_hexadecimal(value) {
        return Err(format!("{kind} has {length} hexadecimal digits"));
    }
    let digits = value.to_ascii_lowercase();
    Ok((Value::Exact(hash(key, kind, &digits)), digits))
}

fn address(key: &HashKey, kind: SignalKind, value: &str) -> Result<(Value, String), String> {
    let url = NormalisedUrl::of(value).ok_or("no web address: a host has a dot and no spaces")?;
    let text = match kind {
        SignalKind::Url => url.canonical.as_str(),
        SignalKind::UrlPrefix => url.without_query(),
        _ => url.domain(),
    };
    if kind == SignalKind::UrlPrefix && text.matches('/').count() > BANK_URL_SEGMENTS_MAX {
        return Err(format!("a prefix has at most {BANK_URL_SEGMENTS_MAX} segments"));
    }
    Ok((Value::Exact(hash(key, kind, text)), text.to_owned()))
}

fn hash(key: &HashKey, kind: SignalKind, value: &str) -> u64 {
    key.hash64(SPACE_VALUES + kind as u8, value.as_bytes())
}

/// Every text of a list up to the bound, or the one text.
fn each_text(value: Option<&Json<'_>>, found: &mut dyn FnMut(&str)) {
    match value {
        Some(Json::String(text)) => found(text),
        Some(Json::Array(items)) => {
            items.iter().filter_map(Json::as_str).take(BANK_SIGNALS_MAX).for_each(found);
        }
        _ => {}
    }
}
