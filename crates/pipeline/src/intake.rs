//! From bytes to observations: everything that can be done before an entry has its place, on any thread.

use crate::rules::AnswerTo;
use cordon_detect::Observation;
use cordon_detect::extract;
use cordon_detect::settings::LinkSettings;
use cordon_model::clock::Timestamp;
use cordon_model::event::{Event, Reject};
use cordon_model::hashing::HashKey;
use cordon_model::ids::{AccountId, EntryId};
use cordon_model::limits;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Name space of payloads among keyed hashes.
const SPACE_CONTENT: u8 = 253;

/// Lines that arrived together, at most [`limits::BATCH_ENTRIES_MAX`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chunk {
    /// The lines, one after the other.
    pub bytes: Vec<u8>,
    /// Where each line ends in `bytes`; line breaks are not part of a line.
    pub ends: Vec<usize>,
    /// Number of the first line in its file or request, from 1.
    pub first_line: u64,
}

impl Chunk {
    /// Adds a line.
    pub fn push(&mut self, line: &[u8]) {
        self.bytes.extend_from_slice(line);
        self.ends.push(self.bytes.len());
    }

    /// Whether it has as many lines as a batch takes, or as many bytes as a line may have four times over.
    pub fn is_full(&self) -> bool {
        self.ends.len() >= limits::BATCH_ENTRIES_MAX || self.bytes.len() >= 4 * limits::LINE_BYTES_MAX
    }

    /// The lines, in order.
    pub fn lines(&self) -> impl DoubleEndedIterator<Item = &[u8]> {
        (0..self.ends.len()).map(|index| {
            let start = index.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
            let end = self.ends.get(index).copied().unwrap_or(start);
            self.bytes.get(start..end).unwrap_or(&[])
        })
    }
}

/// What hashing and extraction go by: shared by all threads, renewed when link settings change or banks begin to be
/// of use.
#[derive(Clone, Debug)]
pub struct IntakeSettings {
    /// What links.
    pub links: Arc<LinkSettings>,
    /// The key of the hashes.
    pub key: HashKey,
    /// Whether a bank has entries: where none has, nothing is made to be held against them.
    pub has_banked: bool,
    /// Grows with every activation of link settings, and whenever the first bank entry comes or the last one goes; a
    /// chunk prepared under an older one is prepared again.
    pub generation: u64,
}

/// A chunk that waits for its place in the journal.
#[derive(Clone, Debug)]
pub struct PreparedChunk {
    pub(crate) chunk: Chunk,
    pub(crate) received_at: Timestamp,
    pub(crate) generation: u64,
    pub(crate) lines: Vec<PreparedLine>,
    pub(crate) stops_at_reject: bool,
    pub(crate) answers: Option<AnswerTo>,
}

impl PreparedChunk {
    /// Nothing behind the first line that is refused is to be taken.
    pub fn stop_at_reject(&mut self) {
        self.stops_at_reject = true;
    }

    /// What the live rules answer to each of its new events is said there, once it is evaluated.
    pub fn answer_to(&mut self, answers: AnswerTo) {
        self.answers = Some(answers);
    }

    /// How many lines it has, refused ones included.
    pub fn line_count(&self) -> usize {
        self.lines.len()
    }

    /// When it arrived.
    pub fn received_at(&self) -> Timestamp {
        self.received_at
    }
}

#[derive(Clone, Debug)]
pub(crate) struct PreparedLine {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) number: u64,
    pub(crate) content: Result<PreparedEvent, Reject>,
}

#[derive(Clone, Debug)]
pub(crate) struct PreparedEvent {
    pub(crate) id: String,
    pub(crate) id_hash: u128,
    pub(crate) content_hash: u64,
    pub(crate) is_clamped: bool,
    pub(crate) observation: Observation,
}

/// Reads every line of a chunk that arrived at `received_at`. Blank lines are passed over.
pub fn prepare(settings: &IntakeSettings, chunk: Chunk, received_at: Timestamp) -> PreparedChunk {
    let mut lines = Vec::with_capacity(chunk.ends.len());
    let mut start = 0;
    for (number, line) in (chunk.first_line..).zip(chunk.lines()) {
        let end = start + line.len();
        if !line.trim_ascii().is_empty() {
            lines.push(PreparedLine { start, end, number, content: read(settings, line, received_at) });
        }
        start = end;
    }
    let generation = settings.generation;
    PreparedChunk { chunk, received_at, generation, lines, stops_at_reject: false, answers: None }
}

fn read(settings: &IntakeSettings, line: &[u8], received_at: Timestamp) -> Result<PreparedEvent, Reject> {
    let event = Event::read(line, received_at)?;
    let reduce = if settings.has_banked { Observation::of } else { Observation::without_signals };
    let observation = reduce(&settings.links, &settings.key, &event)?;
    Ok(PreparedEvent {
        id_hash: settings.key.hash128(event.id.as_bytes()),
        content_hash: content_hash(&settings.key, line),
        is_clamped: event.is_clamped,
        id: event.id,
        observation,
    })
}

/// The accounts that lines come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Actors {
    /// Each once, in the order of the lines, with whether all its lines came too late to be looked at for returns.
    pub accounts: Vec<(AccountId, bool)>,
    /// Accounts beyond the bound.
    pub left_out: u64,
}

/// The accounts whose events the chunks bring, at most `most`. Lines that are refused bring nobody.
pub fn actors(settings: &IntakeSettings, chunks: &[Chunk], received_at: Timestamp, most: usize) -> Actors {
    let (mut found, mut places) = (Actors::default(), FxHashMap::default());
    for line in chunks.iter().flat_map(Chunk::lines) {
        let Ok(event) = Event::read(line, received_at) else { continue };
        let Some(actor) = extract::actor_of(&settings.links, &event) else { continue };
        let place = *places.entry(actor.to_owned()).or_insert(found.accounts.len());
        if let Some((_, is_late)) = found.accounts.get_mut(place) {
            *is_late &= event.is_late;
        } else if place < most {
            found.accounts.push((AccountId::from(actor), event.is_late));
        }
    }
    found.left_out = places.len().saturating_sub(found.accounts.len()) as u64;
    found
}

/// The numbers of the first `most` lines that are not blank, with the ids that they can be read to have, and how many
/// there are beyond.
pub fn named_lines(
    chunks: &[Chunk],
    received_at: Timestamp,
    most: usize,
) -> (Vec<(u64, Option<EntryId>)>, u64) {
    let (mut lines, mut left_out) = (Vec::new(), 0);
    for chunk in chunks {
        for (number, line) in
            (chunk.first_line..).zip(chunk.lines()).filter(|(_, line)| !line.trim_ascii().is_empty())
        {
            if lines.len() >= most {
                left_out += 1;
                continue;
            }
            let id = Event::read(line, received_at).ok().map(|event| EntryId(event.id));
            lines.push((number, id));
        }
    }
    (lines, left_out)
}

/// Keyed hash of a payload: tells a repeat from a conflict.
pub(crate) fn content_hash(key: &HashKey, payload: &[u8]) -> u64 {
    key.hash64(SPACE_CONTENT, payload)
}

/// Cuts `bytes` into chunks of whole lines; the last line may lack its line break.
pub fn chunks(bytes: &[u8]) -> Vec<Chunk> {
    let mut chunks = Vec::new();
    let mut chunk = Chunk { first_line: 1, ..Chunk::default() };
    let mut lines = 0;
    for line in bytes.split(|byte| *byte == b'\n') {
        chunk.push(line.strip_suffix(b"\r").unwrap_or(line));
        lines += 1;
        if chunk.is_full() {
            let next = Chunk { first_line: lines + 1, ..Chunk::default() };
            chunks.push(std::mem::replace(&mut chunk, next));
        }
    }
    if !chunk.ends.is_empty() {
        chunks.push(chunk);
    }
    chunks
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: HashKey = HashKey::from_bytes([1; 16]);

    fn settings() -> IntakeSettings {
        IntakeSettings {
            links: Arc::new(LinkSettings::bundled()),
            key: KEY,
            has_banked: false,
            generation: 1,
        }
    }

    #[test]
    fn lines_keep_their_numbers_across_blank_and_broken_ones() {
        let text = b"\n{\"id\":\"1\",\"type\":\"x\",\"time\":\"2016-02-05T10:00:00Z\"}\r\nnonsense\n";
        let [chunk] = &chunks(text)[..] else { panic!("one chunk") };
        let prepared = prepare(&settings(), chunk.clone(), Timestamp::from_seconds(1_454_670_000));
        let numbers: Vec<(u64, bool)> =
            prepared.lines.iter().map(|line| (line.number, line.content.is_ok())).collect();
        assert_eq!(numbers, [(2, true), (3, false)]);
    }

    #[test]
    fn actors_are_named_once_in_order_and_counted_beyond_the_bound() {
        let line = |id: &str, account: &str, hour: u32| {
            format!(
                r#"{{"id":"{id}","type":"x.y","time":"2016-02-0{}T10:00:00Z","account":{{"id":"{account}"}}}}"#,
                hour
            ) + "\n"
        };
        let text = line("1", "ann", 1)
            + &line("2", "ben", 1)
            + "nonsense\n"
            + &line("3", "ann", 5)
            + &line("4", "cleo", 5);
        let now = Timestamp::from_seconds(1_454_670_000);
        let found = actors(&settings(), &chunks(text.as_bytes()), now, 2);
        let named: Vec<(&str, bool)> =
            found.accounts.iter().map(|(account, is_late)| (account.as_str(), *is_late)).collect();
        assert_eq!(named, [("ann", false), ("ben", true)]);
        assert_eq!(found.left_out, 1);
    }

    #[test]
    fn many_lines_become_several_chunks_with_running_numbers() {
        let text = b"x\n".repeat(limits::BATCH_ENTRIES_MAX + 5);
        let firsts: Vec<u64> = chunks(&text).iter().map(|chunk| chunk.first_line).collect();
        assert_eq!(firsts, [1, limits::BATCH_ENTRIES_MAX as u64 + 1]);
    }
}
