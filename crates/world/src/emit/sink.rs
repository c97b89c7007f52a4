//! Where the events of an hour go.

use cordon_model::clock::Timestamp;
use cordon_model::event::EventType;
use std::ops::Range;

/// One line in an [`EventSink`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventLine {
    /// When it happens.
    pub time: Timestamp,
    /// Its type.
    pub kind: EventType,
    /// Its bytes in [`EventSink::bytes`], without the line's end.
    pub range: Range<usize>,
}

/// NDJSON in one buffer, with an index of its lines in time order. Reuse it: [`EventSink::clear`] keeps the memory.
#[derive(Clone, Debug, Default)]
pub struct EventSink {
    pub(crate) bytes: Vec<u8>,
    pub(crate) lines: Vec<EventLine>,
}

impl EventSink {
    /// An empty sink.
    pub fn new() -> Self {
        Self::default()
    }

    /// Forgets its content.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.lines.clear();
    }

    /// Everything, one event a line, each line ended by `\n`.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The index, in time order for events appended by one [`crate::World`].
    pub fn index(&self) -> &[EventLine] {
        &self.lines
    }

    /// The lines with their index entries.
    pub fn lines(&self) -> impl Iterator<Item = (&EventLine, &[u8])> {
        self.lines.iter().map(|line| (line, self.bytes.get(line.range.clone()).unwrap_or(&[])))
    }

    /// How many events it holds.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Ends the line that was started at `start`.
    pub(crate) fn end_line(&mut self, start: usize, time: Timestamp, kind: EventType) {
        self.lines.push(EventLine { time, kind, range: start..self.bytes.len() });
        self.bytes.push(b'\n');
    }
}
