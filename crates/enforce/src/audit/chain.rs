//! The chain: each record's hash covers the record and the hash before it, so that no record can be altered,
//! removed or inserted without every later hash changing; the head, kept apart, guards the end.

use super::hexadecimal;
use cordon_model::audit::{AuditNote, AuditRecord};
use cordon_model::clock::Timestamp;
use sha2::{Digest, Sha256};

/// The end of the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditHead {
    /// Place of the newest record; 0 before the first.
    pub sequence: u64,
    /// Its hash; 64 zeros before the first.
    pub hash: String,
}

impl Default for AuditHead {
    fn default() -> Self {
        Self { sequence: 0, hash: "0".repeat(64) }
    }
}

/// The first thing wrong with a chain.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// A record is not where it should be: one is missing or too many.
    #[error("audit record {expected} is missing; {found} stands in its place")]
    Missing {
        /// The place that should come.
        expected: u64,
        /// The place that came; 0 where the chain ends too early.
        found: u64,
    },
    /// A record does not name the hash of the one before.
    #[error("audit record {sequence} does not follow the one before")]
    Unlinked {
        /// Which.
        sequence: u64,
    },
    /// A record's content does not fit its hash.
    #[error("audit record {sequence} was altered")]
    Altered {
        /// Which.
        sequence: u64,
    },
}

/// Seals `note` behind `head`; the record and the new head.
pub fn chain(head: &AuditHead, note: AuditNote, at: Timestamp) -> (AuditRecord, AuditHead) {
    let mut record = AuditRecord {
        sequence: head.sequence + 1,
        at,
        actor: note.actor,
        verb: note.verb.to_owned(),
        subject: note.subject,
        details: note.details,
        previous_hash: head.hash.clone(),
        hash: String::new(),
    };
    record.hash = hash(&record);
    let head = AuditHead { sequence: record.sequence, hash: record.hash.clone() };
    (record, head)
}

/// Checks that `record` follows `head` unaltered; the head that it makes.
pub fn check(head: &AuditHead, record: &AuditRecord) -> Result<AuditHead, Broken> {
    let (expected, found) = (head.sequence + 1, record.sequence);
    if found != expected {
        return Err(Broken::Missing { expected, found });
    }
    if record.previous_hash != head.hash {
        return Err(Broken::Unlinked { sequence: found });
    }
    if record.hash != hash(record) {
        return Err(Broken::Altered { sequence: found });
    }
    Ok(AuditHead { sequence: found, hash: record.hash.clone() })
}

/// SHA-256 over every field but the hash, each text behind its length, so that no two records read alike.
fn hash(record: &AuditRecord) -> String {
    let mut hasher = Sha256::new();
    hasher.update(record.sequence.to_be_bytes());
    hasher.update(record.at.0.to_be_bytes());
    for text in [&record.actor, &record.verb, &record.subject, &record.details, &record.previous_hash] {
        hasher.update((text.len() as u64).to_be_bytes());
        hasher.update(text.as_bytes());
    }
    hexadecimal(&hasher.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(count: usize) -> Vec<AuditRecord> {
        let mut head = AuditHead::default();
        (0..count)
            .map(|number| {
                let subject = format!("account{number}");
                let note =
                    AuditNote { actor: "system".into(), verb: "case.opened", subject, details: "{}".into() };
                let (record, next) = chain(&head, note, Timestamp(number as i64));
                head = next;
                record
            })
            .collect()
    }

    fn walk(records: &[AuditRecord]) -> Result<AuditHead, Broken> {
        records.iter().try_fold(AuditHead::default(), |head, record| check(&head, record))
    }

    #[test]
    fn an_untouched_chain_is_sound() {
        assert_eq!(walk(&records(5)).unwrap().sequence, 5);
    }

    #[test]
    fn the_first_broken_record_is_named() {
        let mut altered = records(5);
        altered[2].details = r#"{"x":1}"#.into();
        assert_eq!(walk(&altered), Err(Broken::Altered { sequence: 3 }));
        altered[2].hash = hash(&altered[2]);
        assert_eq!(walk(&altered), Err(Broken::Unlinked { sequence: 4 }));
        let mut removed = records(5);
        removed.remove(1);
        assert_eq!(walk(&removed), Err(Broken::Missing { expected: 2, found: 3 }));
    }
}
