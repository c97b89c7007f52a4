//! `cordon audit`: reading, checking and proving the audit. Works while the server runs.

mod check;
mod proof;

use super::Shared;
use super::admin::say;
use crate::cli::audit::{Audit as Command, Export, List, Verify};
use crate::data;
use crate::exit::Exit;
use crate::key;
use crate::print;
use anyhow::{Context, Result, bail};
use cordon_enforce::audit::{Checkpoint, CheckpointKey, Verifier};
use cordon_enforce::ports::AuditLog;
use cordon_model::audit::AuditRecord;
use cordon_model::clock::{Clock, SystemClock};
use cordon_model::limits;
use cordon_pipeline::DataFolder;
use cordon_store::Record;
use serde_json::json;
use std::io::{BufWriter, Write};
use std::path::Path;

/// Runs the command.
pub fn run(shared: &Shared, command: Command) -> Result<Exit> {
    if let Command::Check(options) = &command {
        return check::run(shared, options);
    }
    data::require(&shared.data)?;
    let key = checkpoint_key(&shared.data)?;
    data::with_record(shared, async |record| match command {
        Command::List(options) => list(shared, record, &options).await,
        Command::Verify(options) => verify(shared, record, &key.verifier(), &options).await,
        Command::Checkpoint => checkpoint(shared, record, &key).await,
        Command::Key => say(shared, json!({"key": key.verifier().to_string()}), &key.verifier().to_string()),
        Command::Prove(options) => proof::of_inclusion(record, &key, options.sequence).await,
        Command::Consistency(options) => proof::of_consistency(record, &key, &options.checkpoint).await,
        Command::Export(options) => export(shared, record, &key, &options).await,
        Command::Check(_) => Ok(Exit::WrongUsage),
    })
}

/// The key that signs a data folder's checkpoints; drawn where there is none yet.
///
/// Errors: the file, and what is wrong with it.
pub fn checkpoint_key(root: &Path) -> Result<CheckpointKey> {
    let path = DataFolder::at(root).audit_key();
    let bytes =
        key::read_or_draw(&path).with_context(|| format!("cannot read or make {}", path.display()))?;
    Ok(CheckpointKey::from_bytes(bytes))
}

/// A checkpoint over all records: the newest, after signing where it does not cover all of them.
async fn newest(record: &Record, key: &CheckpointKey) -> Result<Checkpoint> {
    record.sign_checkpoint(key, SystemClock.now()).await?;
    record.last_checkpoint().await?.context("the audit has no record yet: there is nothing to sign for")
}

async fn checkpoint(shared: &Shared, record: &Record, key: &CheckpointKey) -> Result<Exit> {
    let checkpoint = newest(record, key).await?;
    let as_json = json!({
        "size": checkpoint.size, "signed_at": checkpoint.signed_at.to_string(), "note": checkpoint.note,
    });
    say(shared, as_json, checkpoint.note.trim_end())
}

async fn verify(shared: &Shared, record: &Record, key: &Verifier, options: &Verify) -> Result<Exit> {
    let tree = match record.verify_audit(Some(key)).await? {
        Ok(tree) => tree,
        Err(broken) => return wrong(shared, &broken.to_string()),
    };
    if let Some(file) = &options.checkpoint {
        let kept = proof::read_checkpoint(file, key)?;
        if !proof::is_beginning(
            record,
            kept,
            cordon_enforce::audit::TreeHead { size: tree.size(), root: tree.root() },
        )
        .await?
        {
            return wrong(
                shared,
                &format!(
                    "the first {} audit records are not those that {} was signed for",
                    kept.size,
                    file.display()
                ),
            );
        }
    }
    let newest = record.last_checkpoint().await?;
    let as_json = json!({
        "is_sound": true, "records": tree.size(), "root": tree.root().to_string(),
        "signed_for": newest.as_ref().map_or(0, |newest| newest.size),
    });
    let signed = match newest {
        None => "no checkpoint is signed yet: cordon audit checkpoint".to_owned(),
        Some(newest) => {
            format!("the newest checkpoint, of {}, covers {}", newest.signed_at, print::count(newest.size))
        }
    };
    say(
        shared,
        as_json,
        &format!(
            "{} audit records are as they were sealed\nroot {}\n{signed}",
            print::count(tree.size()),
            tree.root()
        ),
    )
}

/// Says what is wrong.
fn wrong(shared: &Shared, what: &str) -> Result<Exit> {
    if shared.is_json {
        print::json(&json!({"is_sound": false, "wrong": what}))?;
    } else {
        println!("{what}");
    }
    Ok(Exit::SomeRejected)
}

async fn list(shared: &Shared, record: &Record, options: &List) -> Result<Exit> {
    let records = record.list_audit(options.after, options.limit as usize).await?;
    if shared.is_json {
        records.iter().try_for_each(print::json)?;
        return Ok(Exit::Clean);
    }
    let mut table = print::table(&["record", "time", "by", "what", "to", "details"]);
    for record in &records {
        let (subject, details) = match record.is_erased() {
            true => ("(erased)", ""),
            false => (record.subject.as_str(), record.details.as_str()),
        };
        table.add_row(vec![
            print::right(record.sequence),
            record.at.to_string().into(),
            record.actor.as_str().into(),
            record.verb.as_str().into(),
            subject.into(),
            details.into(),
        ]);
    }
    println!("{table}");
    Ok(Exit::Clean)
}

async fn export(shared: &Shared, record: &Record, key: &CheckpointKey, options: &Export) -> Result<Exit> {
    let checkpoint = newest(record, key).await?;
    let is_standard = options.file == Path::new("-");
    let out: Box<dyn Write> = if is_standard {
        Box::new(std::io::stdout().lock())
    } else {
        let made = std::fs::OpenOptions::new().write(true).create_new(true).open(&options.file);
        Box::new(made.with_context(|| format!("cannot make {}", options.file.display()))?)
    };
    let written = write_all(record, BufWriter::new(out), options.after, &checkpoint).await?;
    if is_standard {
        return Ok(Exit::Clean);
    }
    say(
        shared,
        json!({"file": options.file.display().to_string(), "records": written, "signed_for": checkpoint.size}),
        &format!("{} records and a checkpoint are in {}", print::count(written), options.file.display()),
    )
}

/// Writes the records that the checkpoint covers, then itself.
async fn write_all(record: &Record, mut out: impl Write, after: u64, checkpoint: &Checkpoint) -> Result<u64> {
    let (mut reached, mut written) = (after, 0);
    let bar = print::count_bar(checkpoint.size.saturating_sub(after));
    while reached < checkpoint.size {
        let page = record.list_audit(reached, limits::PAGE_MAX).await?;
        let Some(last) = page.last().map(|last| last.sequence) else {
            bail!("audit record {} is missing: cordon audit verify", reached + 1);
        };
        for row in page.iter().filter(|row| row.sequence <= checkpoint.size) {
            write_line(&mut out, row)?;
            written += 1;
        }
        reached = last;
        bar.set_position(reached.saturating_sub(after));
    }
    bar.finish_and_clear();
    serde_json::to_writer(&mut out, &json!({"checkpoint": checkpoint.note}))?;
    out.write_all(b"\n")?;
    out.flush()?;
    Ok(written)
}

fn write_line(out: &mut impl Write, record: &AuditRecord) -> Result<()> {
    serde_json::to_writer(&mut *out, record)?;
    Ok(out.write_all(b"\n")?)
}
