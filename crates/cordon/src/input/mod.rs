//! Reading files of events: NDJSON and coordination CSV, plain or compressed.

pub(crate) mod coordination;
mod lines;

pub use coordination::reason as row_reason;
pub use lines::{BrokenInput, Lines};

use anyhow::{Context, Result};
use std::fs::File;
use std::io::{BufRead, BufReader, Read, stdin};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes read at a time.
const BUFFER_BYTES: usize = 1 << 20;

/// An opened input, and how far it has been read.
pub struct Input {
    /// The lines.
    pub lines: Lines,
    /// Bytes of the file, as stored; `None` for standard input.
    pub bytes: Option<u64>,
    /// Bytes consumed so far, as stored.
    pub progress: Arc<AtomicU64>,
}

/// Opens a file by its ending, or standard input for `-`.
///
/// Errors: a file that is not there or not readable, by name.
pub fn open(path: &Path) -> Result<Input> {
    let progress = Arc::new(AtomicU64::new(0));
    if path == Path::new("-") {
        let lines = Lines::new(Box::new(Counted::new(stdin(), &progress)), progress.clone(), false);
        return Ok(Input { lines, bytes: None, progress });
    }
    let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    let bytes = file.metadata()?.len();
    let counted = Counted::new(file, &progress);
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or("");
    let reader: Box<dyn BufRead + Send> = match ending {
        "gz" => {
            Box::new(BufReader::with_capacity(BUFFER_BYTES, flate2::bufread::MultiGzDecoder::new(counted)))
        }
        "zst" => {
            let decoder = zstd::stream::read::Decoder::with_buffer(counted)?;
            Box::new(BufReader::with_capacity(BUFFER_BYTES, decoder))
        }
        _ => Box::new(counted),
    };
    let lines = Lines::new(reader, progress.clone(), matches!(ending, "gz" | "zst"));
    Ok(Input { lines, bytes: Some(bytes), progress })
}

/// The whole text of a file, unpacked by its ending.
///
/// Errors: a file that is not there, not readable or no UTF-8, by name.
pub fn text(path: &Path) -> Result<String> {
    let named = || format!("cannot read {}", path.display());
    let mut reader = File::open(path).map(BufReader::new).with_context(named)?;
    let mut text = String::new();
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("gz") => flate2::bufread::MultiGzDecoder::new(reader).read_to_string(&mut text),
        Some("zst") => zstd::stream::read::Decoder::with_buffer(reader)?.read_to_string(&mut text),
        _ => reader.read_to_string(&mut text),
    }
    .with_context(named)?;
    Ok(text)
}

/// Counts what is consumed of it: what is only read ahead has not been reached.
struct Counted<R> {
    inner: BufReader<R>,
    progress: Arc<AtomicU64>,
}

impl<R: Read> Counted<R> {
    fn new(inner: R, progress: &Arc<AtomicU64>) -> Self {
        Self { inner: BufReader::with_capacity(BUFFER_BYTES, inner), progress: progress.clone() }
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.progress.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

impl<R: Read> BufRead for Counted<R> {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, bytes: usize) {
        self.inner.consume(bytes);
        self.progress.fetch_add(bytes as u64, Ordering::Relaxed);
    }
}
