//! Checking a proof by the public key alone.

use super::super::Shared;
use super::super::admin::say;
use super::proof::{Proof, nodes};
use crate::cli::audit::Check;
use crate::exit::Exit;
use crate::print;
use anyhow::{Context, Result};
use cordon_enforce::audit::{Verifier, is_committed, leaf, proves_consistency, proves_inclusion};
use cordon_model::audit::AuditRecord;
use serde_json::json;

/// Runs the command.
pub(super) fn run(shared: &Shared, options: &Check) -> Result<Exit> {
    let read = |path: &std::path::Path| {
        std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
    };
    let key: Verifier =
        read(&options.key)?.parse().with_context(|| format!("{} is of no use", options.key.display()))?;
    let proof: Proof = serde_json::from_str(&read(&options.proof)?).with_context(|| {
        format!("{} is not what `cordon audit prove` or `consistency` prints", options.proof.display())
    })?;
    match said(&key, &proof)? {
        Ok(said) => say(shared, json!({"is_proved": true, "says": said}), &said),
        Err(why) => {
            if shared.is_json {
                print::json(&json!({"is_proved": false, "why": why}))?;
            } else {
                println!("not proved: {why}");
            }
            Ok(Exit::SomeRejected)
        }
    }
}

/// What a proof shows, or why it shows nothing.
fn said(key: &Verifier, proof: &Proof) -> Result<Result<String, String>> {
    Ok(match proof {
        Proof::Inclusion { record, path, checkpoint } => match key.open(checkpoint) {
            Err(error) => Err(error.to_string()),
            Ok(head) if !is_committed(record) => {
                Err(format!("record {} of {} does not say what was sealed", record.sequence, head.size))
            }
            Ok(head) => {
                let index = record.sequence.wrapping_sub(1);
                let is_in = proves_inclusion(leaf(record), index, head.size, &nodes(path)?, head.root);
                if is_in {
                    Ok(format!("record {} of {}: {}", record.sequence, head.size, told(record)))
                } else {
                    Err(format!("the path does not lead from record {} to the root", record.sequence))
                }
            }
        },
        Proof::Consistency { first, path, second } => match (key.open(first), key.open(second)) {
            (Ok(first), Ok(second)) if proves_consistency(first, second, &nodes(path)?) => {
                Ok(format!("the first {} of {} records are as they were", first.size, second.size))
            }
            (Ok(first), Ok(second)) => Err(format!(
                "the path does not show that the first {} of {} records are as they were",
                first.size, second.size
            )),
            (Err(error), _) | (_, Err(error)) => Err(error.to_string()),
        },
    })
}

fn told(record: &AuditRecord) -> String {
    let subject = if record.is_erased() { "(erased)" } else { &record.subject };
    format!("{} by {} to {subject} at {}", record.verb, record.actor, record.at)
}
