//! Lines out of a stream, in bounded memory.

use super::coordination;
use cordon_model::limits;
use cordon_pipeline::Chunk;
use std::io::BufRead;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Input that broke off; everything before it was taken.
#[derive(Debug)]
pub struct BrokenInput {
    /// Byte of the stored file at which it broke, from 0; for compressed input, how far it was decompressed.
    pub byte: u64,
    /// Whether `byte` is the very one, as in input that is not compressed.
    pub is_exact: bool,
    /// What is wrong.
    pub reason: String,
}

impl std::fmt::Display for BrokenInput {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let place = if self.is_exact { "at" } else { "near" };
        write!(
            out,
            "input breaks off {place} byte {}: {}; everything before it was taken",
            self.byte, self.reason
        )
    }
}

impl std::error::Error for BrokenInput {}

/// The lines of one input, as events.
pub struct Lines {
    reader: Box<dyn BufRead + Send>,
    /// Bytes of the stored file behind what was consumed.
    progress: Arc<AtomicU64>,
    is_compressed: bool,
    line: Vec<u8>,
    next_number: u64,
    /// Whether lines are rows of coordination CSV; shared with whoever words what is wrong with one.
    is_coordination: Arc<AtomicBool>,
    /// Met behind lines that had to be given first.
    broken: Option<BrokenInput>,
}

impl Lines {
    /// `progress` counts what is consumed of the stored file, not what is read ahead of it.
    pub(super) fn new(
        reader: Box<dyn BufRead + Send>,
        progress: Arc<AtomicU64>,
        is_compressed: bool,
    ) -> Self {
        Self {
            reader,
            progress,
            is_compressed,
            line: Vec::new(),
            next_number: 1,
            is_coordination: Arc::default(),
            broken: None,
        }
    }

    /// Turns true once a header announces rows of coordination CSV, before the first of them is given.
    pub fn is_coordination(&self) -> Arc<AtomicBool> {
        self.is_coordination.clone()
    }

    /// The next chunk; `None` at the end. A chunk that came before a break is given first, then the break.
    ///
    /// Errors: [`BrokenInput`] where the stream ends within its compression or holds binary data.
    pub fn next_chunk(&mut self) -> Result<Option<Chunk>, BrokenInput> {
        if let Some(broken) = self.broken.take() {
            return Err(broken);
        }
        let mut chunk = Chunk { first_line: self.next_number, ..Chunk::default() };
        while !chunk.is_full() {
            match self.next_line() {
                Ok(true) => self.add_line(&mut chunk),
                Ok(false) => break,
                Err(broken) if chunk.ends.is_empty() => return Err(broken),
                Err(broken) => {
                    self.broken = Some(broken);
                    break;
                }
            }
        }
        Ok((!chunk.ends.is_empty()).then_some(chunk))
    }

    fn add_line(&mut self, chunk: &mut Chunk) {
        let line = self.line.strip_suffix(b"\r").unwrap_or(&self.line);
        if self.next_number == 1 && coordination::is_header(line) {
            self.is_coordination.store(true, Ordering::Relaxed);
            chunk.push(b"");
        } else if self.is_coordination.load(Ordering::Relaxed) {
            chunk.push(coordination::event(line).as_bytes());
        } else {
            chunk.push(line);
        }
        self.next_number += 1;
    }

    /// Reads one line, at most one byte more than is allowed of it; the rest of a longer one is passed over.
    fn next_line(&mut self) -> Result<bool, BrokenInput> {
        self.line.clear();
        let mut has_read = false;
        loop {
            let available = match self.reader.fill_buf() {
                Ok(available) => available,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(self.broken(error.to_string())),
            };
            if available.is_empty() {
                return Ok(has_read);
            }
            has_read = true;
            let end = available.iter().position(|byte| *byte == b'\n');
            let part = available.get(..end.unwrap_or(available.len())).unwrap_or(available);
            let room = (limits::LINE_BYTES_MAX + 1).saturating_sub(self.line.len());
            let kept = part.get(..room.min(part.len())).unwrap_or(part);
            if let Some(binary) = kept.iter().position(|byte| *byte == 0) {
                self.reader.consume(binary);
                return Err(self.broken("binary data where lines of JSON were expected".to_owned()));
            }
            self.line.extend_from_slice(kept);
            let used = end.map_or(available.len(), |end| end + 1);
            self.reader.consume(used);
            if end.is_some() {
                return Ok(true);
            }
        }
    }

    fn broken(&self, reason: String) -> BrokenInput {
        let byte = self.progress.load(Ordering::Relaxed);
        BrokenInput { byte, is_exact: !self.is_compressed, reason }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::BufReader;

    fn lines(bytes: &'static [u8]) -> Lines {
        Lines::new(Box::new(BufReader::with_capacity(7, bytes)), Arc::default(), false)
    }

    #[test]
    fn a_line_longer_than_allowed_is_cut_and_the_next_one_whole() {
        let long: &'static [u8] =
            Box::leak([vec![b'x'; 3 * limits::LINE_BYTES_MAX], b"\nnext\n".to_vec()].concat().into());
        let chunk = lines(long).next_chunk().unwrap().unwrap();
        assert_eq!(chunk.ends, [limits::LINE_BYTES_MAX + 1, limits::LINE_BYTES_MAX + 5]);
    }

    #[test]
    fn what_comes_before_binary_data_is_given_first() {
        let mut input = lines(b"one\ntwo\n\x00\x01\x02\n");
        assert_eq!(input.next_chunk().unwrap().unwrap().bytes, b"onetwo");
        assert!(input.next_chunk().is_err());
    }

    #[test]
    fn empty_input_has_no_chunk() {
        assert!(lines(b"").next_chunk().unwrap().is_none());
    }
}
