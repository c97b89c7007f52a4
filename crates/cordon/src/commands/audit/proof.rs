//! Proofs as files: made here, checked by anybody.

use super::newest;
use crate::exit::Exit;
use crate::print;
use anyhow::{Context, Result};
use cordon_enforce::audit::{CheckpointKey, Node, NotANode, TreeHead, Verifier, proves_consistency};
use cordon_enforce::ports::AuditLog;
use cordon_model::audit::AuditRecord;
use cordon_store::Record;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// What a proof's file holds.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "proves", rename_all = "snake_case")]
pub(super) enum Proof {
    /// A record is one of those that the checkpoint covers.
    Inclusion {
        /// The record.
        record: AuditRecord,
        /// Nodes from its leaf's sibling up, hexadecimal.
        path: Vec<String>,
        /// The signed note.
        checkpoint: String,
    },
    /// The records of an older checkpoint are the first of a newer one's.
    Consistency {
        /// The older signed note.
        first: String,
        /// Nodes, hexadecimal.
        path: Vec<String>,
        /// The newer signed note.
        second: String,
    },
}

/// Prints the proof of a record.
pub(super) async fn of_inclusion(record: &Record, key: &CheckpointKey, sequence: u64) -> Result<Exit> {
    let checkpoint = newest(record, key).await?;
    let size = checkpoint.size;
    let proof = record
        .prove_inclusion(sequence, size)
        .await?
        .with_context(|| format!("there is no audit record {sequence}: there are 1 to {size}"))?;
    let proof = Proof::Inclusion {
        record: proof.record,
        path: proof.path.iter().map(Node::to_string).collect(),
        checkpoint: checkpoint.note,
    };
    print::json(&proof).map(|()| Exit::Clean)
}

/// Prints the proof that an older checkpoint still holds.
pub(super) async fn of_consistency(record: &Record, key: &CheckpointKey, older: &Path) -> Result<Exit> {
    let first = read_checkpoint(older, &key.verifier())?;
    let second = newest(record, key).await?;
    let path = record
        .prove_consistency(first.size, second.size)
        .await?
        .with_context(|| format!("{} covers more records than there are", older.display()))?;
    let proof = Proof::Consistency {
        first: std::fs::read_to_string(older)?,
        path: path.iter().map(Node::to_string).collect(),
        second: second.note,
    };
    print::json(&proof).map(|()| Exit::Clean)
}

/// Whether the records of `kept` are the first of those of `now`.
pub(super) async fn is_beginning(record: &Record, kept: TreeHead, now: TreeHead) -> Result<bool> {
    let path = record.prove_consistency(kept.size, now.size).await?;
    Ok(path.is_some_and(|path| proves_consistency(kept, now, &path)))
}

/// A checkpoint from a file, with its signature checked.
pub(super) fn read_checkpoint(file: &Path, key: &Verifier) -> Result<TreeHead> {
    let note = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    key.open(&note).with_context(|| format!("{} is of no use", file.display()))
}

/// Nodes from their text.
pub(super) fn nodes(path: &[String]) -> Result<Vec<Node>, NotANode> {
    path.iter().map(|text| text.parse()).collect()
}
