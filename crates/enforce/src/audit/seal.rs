//! Sealing a note as the tree's next leaf, and checking that a record still is what was sealed.
//!
//! A leaf covers place, time, actor, verb and a *commitment* to subject and details: SHA-256 over a salt and both. What
//! an erasure takes out of a record is subject, details and salt; the commitment stays, says nothing without the
//! salt, and every proof holds as before.

use super::hexadecimal;
use super::tree::{Frontier, Node};
use cordon_model::audit::{AuditNote, AuditRecord};
use cordon_model::clock::Timestamp;
use sha2::{Digest, Sha256};

/// 128 random bits for each record, so that nobody can guess what an erased record said by trying.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Salt(pub [u8; 16]);

/// The salts of one transaction, all from one random number.
#[derive(Clone, Copy, Debug)]
pub struct Salts(pub [u8; 32]);

impl Salts {
    /// The salt of the record at `sequence`. The random number is kept nowhere, so one salt tells nothing of another.
    pub fn of(&self, sequence: u64) -> Salt {
        let digest = Sha256::new().chain_update(self.0).chain_update(sequence.to_be_bytes()).finalize();
        let mut salt = [0; 16];
        salt.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
        Salt(salt)
    }
}

/// The first thing wrong with the audit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// A record is not where it should be: one is missing or too many.
    #[error("audit record {expected} is missing; {found} stands in its place")]
    Missing {
        /// The place that should come.
        expected: u64,
        /// The place that came; 0 where the audit ends too early.
        found: u64,
    },
    /// A record's content does not fit what was sealed.
    #[error("audit record {sequence} was altered")]
    Altered {
        /// Which.
        sequence: u64,
    },
    /// The records up to here are not those that a checkpoint was signed for.
    #[error("the first {size} audit records are not those that the checkpoint over them was signed for")]
    Forked {
        /// How many records the checkpoint covers.
        size: u64,
    },
    /// A checkpoint's signature does not fit.
    #[error("the checkpoint over the first {size} audit records is not signed by this record's key")]
    Unsigned {
        /// How many records the checkpoint covers.
        size: u64,
    },
}

/// Seals `note` behind the records of `tree`.
pub fn seal(tree: &mut Frontier, note: AuditNote, salt: Salt, at: Timestamp) -> AuditRecord {
    let salt = hexadecimal(&salt.0);
    let commitment = commitment(&salt, &note.subject, &note.details);
    let mut record = AuditRecord {
        sequence: tree.size() + 1,
        at,
        actor: note.actor,
        verb: note.verb.to_owned(),
        subject: note.subject,
        details: note.details,
        salt,
        commitment,
        top: String::new(),
    };
    record.top = tree.append(leaf(&record)).to_string();
    record
}

/// Checks that `record` comes next and is unaltered, and takes it into `tree`.
pub fn check(tree: &mut Frontier, record: &AuditRecord) -> Result<(), Broken> {
    let (expected, found) = (tree.size() + 1, record.sequence);
    if found != expected {
        return Err(Broken::Missing { expected, found });
    }
    let top = tree.append(leaf(record));
    if !is_committed(record) || record.top != top.to_string() {
        return Err(Broken::Altered { sequence: found });
    }
    Ok(())
}

/// The leaf of a record: each text behind its length, so that no two records read alike.
pub fn leaf(record: &AuditRecord) -> Node {
    let mut data = Vec::with_capacity(192);
    data.extend(record.sequence.to_be_bytes());
    data.extend(record.at.0.to_be_bytes());
    for text in [&record.actor, &record.verb, &record.commitment] {
        data.extend((text.len() as u64).to_be_bytes());
        data.extend(text.as_bytes());
    }
    Node::leaf(&data)
}

/// Whether subject and details are those that the leaf covers, or erased.
pub fn is_committed(record: &AuditRecord) -> bool {
    record.is_erased() || record.commitment == commitment(&record.salt, &record.subject, &record.details)
}

fn commitment(salt: &str, subject: &str, details: &str) -> String {
    let mut hasher = Sha256::new();
    for text in [salt, subject, details] {
        hasher.update((text.len() as u64).to_be_bytes());
        hasher.update(text.as_bytes());
    }
    hexadecimal(&hasher.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(count: u64) -> Vec<AuditRecord> {
        let (mut tree, salts) = (Frontier::default(), Salts([7; 32]));
        let sealed = |number: u64| {
            let subject = format!("account{number}");
            let note =
                AuditNote { actor: "system".into(), verb: "case.opened", subject, details: "{}".into() };
            seal(&mut tree, note, salts.of(number + 1), Timestamp(number as i64))
        };
        (0..count).map(sealed).collect()
    }

    fn walk(records: &[AuditRecord]) -> Result<Frontier, Broken> {
        let mut tree = Frontier::default();
        records.iter().try_for_each(|record| check(&mut tree, record))?;
        Ok(tree)
    }

    #[test]
    fn what_was_sealed_is_sound() {
        assert_eq!(walk(&records(5)).unwrap().size(), 5);
    }

    #[test]
    fn each_field_that_is_altered_is_noticed_and_its_record_named() {
        let alterations: [fn(&mut AuditRecord); 8] = [
            |record| record.at.0 += 1,
            |record| record.actor = "nobody".into(),
            |record| record.verb = "case.closed".into(),
            |record| record.subject.push('x'),
            |record| record.details = r#"{"x":1}"#.into(),
            |record| record.salt.replace_range(..1, "g"),
            |record| record.commitment = "0".repeat(64),
            |record| record.top = "0".repeat(64),
        ];
        for alter in alterations {
            let mut records = records(5);
            alter(&mut records[2]);
            assert_eq!(walk(&records), Err(Broken::Altered { sequence: 3 }));
        }
    }

    #[test]
    fn a_record_altered_with_all_its_own_hashes_is_noticed_at_the_next_that_covers_it() {
        let mut records = records(5);
        let (mut tree, salts) = (Frontier::default(), Salts([9; 32]));
        records[..2].iter().for_each(|record| check(&mut tree, record).unwrap());
        let note = AuditNote {
            actor: "nobody".into(),
            verb: "case.opened",
            subject: "account2".into(),
            details: "{}".into(),
        };
        records[2] = seal(&mut tree, note, salts.of(3), records[2].at);
        assert_eq!(walk(&records), Err(Broken::Altered { sequence: 4 }));
    }

    #[test]
    fn a_missing_record_is_named() {
        let mut removed = records(5);
        removed.remove(1);
        assert_eq!(walk(&removed), Err(Broken::Missing { expected: 2, found: 3 }));
    }

    #[test]
    fn erasing_leaves_the_tree_as_it_was() {
        let before = records(5);
        let mut after = before.clone();
        after[1].erase();
        assert_eq!(walk(&after), walk(&before));
        after[1].commitment = "0".repeat(64);
        assert_eq!(walk(&after), Err(Broken::Altered { sequence: 2 }));
    }
}
