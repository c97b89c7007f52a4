//! What a segment looks like on disk. Numbers are little-endian.
//!
//! ```text
//! segment: magic[8] version u32 first_offset u64 crc32 u32, then records
//! record:  crc32 u32, length u32 (of what follows), offset u64, received_at i64, content_hash u64,
//!          id length u16, kind u8, flags u8, id, payload
//! ```
//! The checksum covers all that follows it. A record carries its own offset, so that one that decay or a
//! stray write has moved is not taken for its neighbour. Flag 1 marks the first record of a batch: a batch
//! is begun only when the one before is durable, so a broken record *before* such a mark was acknowledged.
//! Decay of the very last batch looks like a write that was cut, and cannot be told from one.

use super::{EntryRef, NewEntry};
use cordon_model::clock::Timestamp;
use cordon_model::entry::EntryKind;
use cordon_model::ids::Offset;

/// First bytes of every segment.
pub(super) const MAGIC: [u8; 8] = *b"CORDJRNL";
/// The format written here.
pub(super) const VERSION: u32 = 1;
/// Bytes before the first record.
pub(super) const SEGMENT_HEADER_BYTES: usize = 24;
/// Bytes of a record before its id.
pub(super) const RECORD_HEADER_BYTES: usize = 36;
/// Longest payload, in bytes: a control entry may hold ten thousand account ids; an event is far shorter.
pub(super) const PAYLOAD_BYTES_MAX: usize = 64 << 20;
/// Longest id, in bytes.
pub(super) const ID_BYTES_MAX: usize = u16::MAX as usize;

/// Bytes of checksum and length.
const FRAME_BYTES: usize = 8;
const LENGTH_MIN: usize = RECORD_HEADER_BYTES - FRAME_BYTES;
const LENGTH_MAX: usize = LENGTH_MIN + ID_BYTES_MAX + PAYLOAD_BYTES_MAX;
const FLAG_BATCH_BEGINS: u8 = 1;

/// A segment's file name.
pub(super) fn segment_name(first: Offset) -> String {
    format!("{:020}.log", first.0)
}

/// The first offset that a segment's file name tells; `None` for other names.
pub(super) fn parse_segment_name(name: &str) -> Option<Offset> {
    name.strip_suffix(".log").filter(|digits| digits.len() == 20)?.parse().ok().map(Offset)
}

/// What a segment begins with.
pub(super) enum SegmentHeader {
    /// A header of this version.
    Sound(Offset),
    /// A header of another version.
    OtherVersion(u32),
    /// Not a whole header.
    Torn,
}

/// Writes a segment's header.
pub(super) fn write_segment_header(buffer: &mut Vec<u8>, first: Offset) {
    let start = buffer.len();
    buffer.extend_from_slice(&MAGIC);
    buffer.extend_from_slice(&VERSION.to_le_bytes());
    buffer.extend_from_slice(&first.0.to_le_bytes());
    let checksum = crc32fast::hash(buffer.get(start..).unwrap_or_default());
    buffer.extend_from_slice(&checksum.to_le_bytes());
}

/// Reads a segment's header.
pub(super) fn read_segment_header(bytes: &[u8]) -> SegmentHeader {
    let fields = || {
        let (body, rest) = bytes.split_at_checked(SEGMENT_HEADER_BYTES - 4)?;
        let is_sound = body.starts_with(&MAGIC) && crc32fast::hash(body) == number_u32(rest, 0)?;
        is_sound.then_some(())?;
        Some((number_u32(body, 8)?, number_u64(body, 12)?))
    };
    match fields() {
        Some((VERSION, first)) => SegmentHeader::Sound(Offset(first)),
        Some((version, _)) => SegmentHeader::OtherVersion(version),
        None => SegmentHeader::Torn,
    }
}

/// Bytes that a record takes.
pub(super) fn record_bytes(entry: &NewEntry<'_>) -> usize {
    RECORD_HEADER_BYTES + entry.id.len() + entry.payload.len()
}

/// Writes a record. The caller has checked that id and payload are within bounds.
pub(super) fn write_record(
    buffer: &mut Vec<u8>,
    offset: Offset,
    received_at: Timestamp,
    batch_begins: bool,
    entry: &NewEntry<'_>,
) {
    let start = buffer.len();
    let length = (record_bytes(entry) - FRAME_BYTES) as u32;
    let mut header = [0; RECORD_HEADER_BYTES];
    let id_bytes = entry.id.len() as u16;
    put(&mut header, 4, &length.to_le_bytes());
    put(&mut header, 8, &offset.0.to_le_bytes());
    put(&mut header, 16, &received_at.0.to_le_bytes());
    put(&mut header, 24, &entry.content_hash.to_le_bytes());
    put(&mut header, 32, &id_bytes.to_le_bytes());
    put(&mut header, 34, &[entry.kind as u8, u8::from(batch_begins) * FLAG_BATCH_BEGINS]);
    buffer.extend_from_slice(&header);
    buffer.extend_from_slice(entry.id.as_bytes());
    buffer.extend_from_slice(entry.payload);
    let checksum = crc32fast::hash(buffer.get(start + 4..).unwrap_or_default());
    if let Some(place) = buffer.get_mut(start..start + 4) {
        place.copy_from_slice(&checksum.to_le_bytes());
    }
}

/// A record as it stands in a buffer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Record<'a> {
    /// The entry.
    pub(super) entry: EntryRef<'a>,
    /// How many bytes the record takes.
    pub(super) bytes: usize,
    /// Whether a batch begins with it.
    pub(super) batch_begins: bool,
}

/// Bytes of the record at the front of `buffer`, without proof that it is sound.
pub(super) fn framed_bytes(buffer: &[u8]) -> Option<usize> {
    let length = number_u32(buffer, 4)? as usize;
    (LENGTH_MIN..=LENGTH_MAX).contains(&length).then_some(length + FRAME_BYTES)
}

/// The record at the front of `buffer`, proved by its checksum; `None` where none stands there whole.
pub(super) fn parse_record(buffer: &[u8]) -> Option<Record<'_>> {
    parse_whole(buffer.get(..framed_bytes(buffer)?)?)
}

fn parse_whole(record: &[u8]) -> Option<Record<'_>> {
    if crc32fast::hash(record.get(4..)?) != number_u32(record, 0)? {
        return None;
    }
    let id_bytes = usize::from(u16::from_le_bytes(record.get(32..34)?.try_into().ok()?));
    let (id, payload) = record.get(RECORD_HEADER_BYTES..)?.split_at_checked(id_bytes)?;
    let entry = EntryRef {
        offset: Offset(number_u64(record, 8)?),
        received_at: Timestamp(number_u64(record, 16)?.cast_signed()),
        kind: EntryKind::from_byte(*record.get(34)?)?,
        id: std::str::from_utf8(id).ok()?,
        content_hash: number_u64(record, 24)?,
        payload,
    };
    Some(Record { entry, bytes: record.len(), batch_begins: record.get(35)? & FLAG_BATCH_BEGINS != 0 })
}

/// The offset that the record at the front of `buffer` claims, without proof.
pub(super) fn claimed_offset(buffer: &[u8]) -> Option<Offset> {
    number_u64(buffer, 8).map(Offset)
}

fn put(header: &mut [u8; RECORD_HEADER_BYTES], at: usize, bytes: &[u8]) {
    if let Some(place) = header.get_mut(at..at + bytes.len()) {
        place.copy_from_slice(bytes);
    }
}

fn number_u32(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes)
}

fn number_u64(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..at + 8)?.try_into().ok().map(u64::from_le_bytes)
}
