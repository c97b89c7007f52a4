//! Bodies as sent, to lines: bounded in bytes, memory and window.

use crate::extract::too_large;
use crate::limits::{INTAKE_MEBIBYTES_MAX, ZSTD_WINDOW_LOG_MAX};
use crate::problem::{Code, Problem};
use axum::http::{HeaderMap, header};
use cordon_model::limits::BODY_BYTES_MAX;
use std::io::Read;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Bytes decoded in one go.
const STEP_BYTES: usize = 256 << 10;

/// How a body is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Identity,
    Gzip,
    Zstd,
}

impl Encoding {
    pub(super) fn of(headers: &HeaderMap) -> Result<Self, Problem> {
        let mut named = headers.get_all(header::CONTENT_ENCODING).iter();
        let (first, second) = (named.next(), named.next());
        let name = first.map_or("identity", |value| value.to_str().unwrap_or("?")).trim();
        match (name.to_ascii_lowercase().as_str(), second) {
            ("identity" | "", None) => Ok(Self::Identity),
            ("gzip" | "x-gzip", None) => Ok(Self::Gzip),
            ("zstd", None) => Ok(Self::Zstd),
            _ => Err(Problem::new(Code::EncodingUnsupported, "send identity, gzip or zstd, one of them")),
        }
    }
}

/// What one request may hold of the memory that all bodies share.
pub(super) struct Memory {
    shared: Arc<Semaphore>,
    held: Option<OwnedSemaphorePermit>,
}

impl Memory {
    pub(super) fn of(shared: Arc<Semaphore>) -> Self {
        Self { shared, held: None }
    }

    /// Makes sure that `bytes` are held.
    ///
    /// Errors: `queue_full` where other bodies have taken what there is.
    pub(super) fn hold(&mut self, bytes: usize) -> Result<(), Problem> {
        let wanted = bytes.div_ceil(1 << 20).min(INTAKE_MEBIBYTES_MAX);
        let held = self.held.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        let Some(more) = wanted.checked_sub(held).filter(|more| *more > 0) else { return Ok(()) };
        let more = Arc::clone(&self.shared)
            .try_acquire_many_owned(u32::try_from(more).unwrap_or(u32::MAX))
            .map_err(|_| {
            Problem::new(Code::QueueFull, "other senders' bodies fill the memory set aside")
        })?;
        match &mut self.held {
            Some(held) => held.merge(more),
            None => self.held = Some(more),
        }
        Ok(())
    }
}

/// Unpacks `packed`. On a thread that may block.
pub(super) fn decode(encoding: Encoding, packed: Vec<u8>, memory: &mut Memory) -> Result<Vec<u8>, Problem> {
    match encoding {
        Encoding::Identity => Ok(packed),
        Encoding::Gzip => read_all(flate2::read::MultiGzDecoder::new(&*packed), packed.len(), memory),
        Encoding::Zstd => {
            let mut decoder = zstd::stream::read::Decoder::new(&*packed).map_err(|_| broken())?;
            decoder.window_log_max(ZSTD_WINDOW_LOG_MAX).map_err(|_| broken())?;
            read_all(decoder, packed.len(), memory)
        }
    }
}

fn read_all(mut from: impl Read, packed_bytes: usize, memory: &mut Memory) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    loop {
        let step = (&mut from).take(STEP_BYTES as u64).read_to_end(&mut bytes).map_err(|_| broken())?;
        if bytes.len() > BODY_BYTES_MAX {
            return Err(too_large(BODY_BYTES_MAX));
        }
        if step == 0 {
            return Ok(bytes);
        }
        memory.hold(packed_bytes + bytes.len())?;
    }
}

fn broken() -> Problem {
    Problem::new(Code::BodyInvalid, "the body is not whole in the encoding that Content-Encoding names")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn unpack(encoding: Encoding, packed: Vec<u8>, mebibytes: usize) -> Result<Vec<u8>, Problem> {
        decode(encoding, packed, &mut Memory::of(Arc::new(Semaphore::new(mebibytes))))
    }

    fn code(problem: &Problem) -> String {
        serde_json::to_value(problem).unwrap()["code"].as_str().unwrap().to_owned()
    }

    #[test]
    fn a_bomb_is_refused_at_the_bound_and_at_the_memory_left() {
        let bomb = zstd::encode_all(std::io::repeat(b'x').take(BODY_BYTES_MAX as u64 + 1), 1).unwrap();
        assert!(bomb.len() < 1 << 20);
        let refused = unpack(Encoding::Zstd, bomb.clone(), 512).unwrap_err();
        assert_eq!(code(&refused), "body_too_large");
        assert_eq!(code(&unpack(Encoding::Zstd, bomb, 10).unwrap_err()), "queue_full");
    }

    #[test]
    fn both_packings_give_back_what_was_packed_and_a_cut_one_nothing() {
        let text = b"line\n".repeat(200_000);
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(&text).unwrap();
        let gzip = gzip.finish().unwrap();
        assert_eq!(unpack(Encoding::Gzip, gzip.clone(), 9).unwrap(), text);
        let cut = gzip[..gzip.len() / 2].to_vec();
        assert_eq!(code(&unpack(Encoding::Gzip, cut, 9).unwrap_err()), "body_invalid");
        let packed = zstd::encode_all(&*text, 1).unwrap();
        assert_eq!(unpack(Encoding::Zstd, packed, 9).unwrap(), text);
    }
}
