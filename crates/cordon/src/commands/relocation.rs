//! `cordon admin move`: the record from a data folder to PostgreSQL, or back.
//!
//! Which record is in force, `record.elsewhere` says alone: written or removed in one step once the copy is whole, it
//! ends the move, and all before it can be done again.

use super::admin::say as say_done;
use super::{Shared, audit};
use crate::cli::Move;
use crate::data;
use crate::exit::Exit;
use crate::print;
use crate::record::{self, RecordUrl, is_postgres};
use anyhow::{Context, Result, bail};
use cordon_journal::DataFolderLock;
use cordon_pipeline::DataFolder;
use cordon_store::{MoveError, Moved, MovedTable, Site, fold_log, move_record};
use serde_json::json;
use std::path::Path;

const TO_FILE: &str = "sqlite:";

/// What `--from` or `--to` names.
enum Side {
    Folder(DataFolder),
    Database(RecordUrl),
}

/// Runs the command.
pub fn run(shared: &Shared, options: &Move) -> Result<Exit> {
    let side = |name, given: Option<&RecordUrl>| match given.or(shared.record.as_ref()) {
        Some(given) => side(name, given),
        None => bail!("--{name} is missing: write {FORMS}, or name the database in CORDON_RECORD"),
    };
    match (side("from", options.from.as_ref())?, side("to", options.to.as_ref())?) {
        (Side::Folder(folder), Side::Database(url)) => to_database(shared, &folder, &url),
        (Side::Database(url), Side::Folder(folder)) => to_folder(shared, &url, &folder),
        _ => bail!("a record moves between a data folder and a database: one of --from and --to is {FORMS}"),
    }
}

const FORMS: &str = "sqlite:FOLDER, the other postgres://USER:PASSWORD@HOST:PORT/DATABASE";

/// Errors: what is neither, without repeating it, as it may hold a password.
fn side(name: &str, given: &RecordUrl) -> Result<Side> {
    let text = given.address();
    if is_postgres(text) {
        return Ok(Side::Database(given.clone()));
    }
    let Some(path) = text.strip_prefix(TO_FILE) else {
        bail!("--{name} names no record: one of --from and --to is {FORMS}")
    };
    let path = Path::new(path.strip_prefix("//").unwrap_or(path));
    let is_the_file = DataFolder::at(path.parent().unwrap_or(path)).record() == path;
    let root = if is_the_file { path.parent() } else { None };
    let root = root.unwrap_or(path);
    let root = if root == Path::new("") { Path::new(".") } else { root };
    data::require(root)?;
    Ok(Side::Folder(DataFolder::at(root)))
}

fn lock(folder: &DataFolder) -> Result<DataFolderLock> {
    let root = folder.root();
    DataFolderLock::acquire(root)
        .with_context(|| format!("cannot move the record of {}: end what works on it first", root.display()))
}

fn to_database(shared: &Shared, folder: &DataFolder, url: &RecordUrl) -> Result<Exit> {
    let database = url.database()?;
    let _lock = lock(folder)?;
    let remembered = record::remembered(folder)?;
    let file = folder.record();
    match remembered {
        // Cut off between the last two steps: what is left is to put the old file aside.
        Some(remembered) if remembered == database && file.is_file() => {
            let kept = put_aside(folder)?;
            return say_switched(shared, &database, &kept);
        }
        Some(remembered) => bail!("the record of {} is in {remembered} already", folder.root().display()),
        None if !file.is_file() => {
            bail!("{} has no record yet: there is nothing to move", folder.root().display())
        }
        None => {}
    }
    let switch = || record::remember(folder, &database).map_err(std::io::Error::other);
    let moved = copy(folder, url, Direction::ToDatabase, switch)?;
    let kept = put_aside(folder)?;
    say(shared, &moved, &file.display().to_string(), &database, &kept)
}

fn to_folder(shared: &Shared, url: &RecordUrl, folder: &DataFolder) -> Result<Exit> {
    let database = url.database()?;
    let _lock = lock(folder)?;
    match record::remembered(folder)? {
        Some(remembered) if remembered == database => {}
        Some(remembered) => {
            bail!("the record of {} is in {remembered}, not in {database}", folder.root().display())
        }
        None => bail!("the record of {} is in the folder already", folder.root().display()),
    }
    let switch = || record::forget(folder);
    let moved = copy(folder, url, Direction::ToFolder, switch)?;
    say(shared, &moved, &database, &folder.record().display().to_string(), &database)
}

/// Gives the file that is no longer in force another name, beside; it keeps its own while somebody has it open.
fn put_aside(folder: &DataFolder) -> Result<String> {
    let file = folder.record();
    runtime()?.block_on(fold_log(&file))?;
    if file.with_extension("sqlite-wal").exists() {
        return Ok(file.display().to_string());
    }
    let names = std::iter::once("record.moved.sqlite".to_owned())
        .chain((2..).map(|number| format!("record.moved-{number}.sqlite")));
    let mut free = names.map(|name| folder.root().join(name)).filter(|path| !path.exists());
    let Some(aside) = free.next() else { return Ok(file.display().to_string()) };
    std::fs::rename(&file, &aside).with_context(|| format!("cannot rename {}", file.display()))?;
    Ok(aside.display().to_string())
}

#[derive(Clone, Copy)]
enum Direction {
    ToDatabase,
    ToFolder,
}

fn copy(
    folder: &DataFolder,
    url: &RecordUrl,
    direction: Direction,
    switch: impl FnOnce() -> std::io::Result<()>,
) -> Result<Moved> {
    let key = audit::checkpoint_key(folder.root())?.verifier();
    let file = folder.record();
    let (within, without) = (Site::File(&file), Site::Database(url.address()));
    let (from, to) = match direction {
        Direction::ToDatabase => (within, without),
        Direction::ToFolder => (without, within),
    };
    let bar = print::count_bar(0);
    bar.set_message("rows copied and compared");
    let watch = |done, all| {
        bar.set_length(all);
        bar.set_position(done);
    };
    let moved = runtime()?.block_on(move_record(from, to, Some(&key), &watch, switch));
    bar.finish_and_clear();
    let is_in_force = match direction {
        Direction::ToDatabase => file.display().to_string(),
        Direction::ToFolder => url.database()?,
    };
    moved
        .map_err(|error| match error {
            error @ MoveError::Switch(_) => anyhow::Error::new(error),
            error => anyhow::Error::new(error)
                .context(format!("nothing was moved; the record in force is {is_in_force}")),
        })
        .context("cannot move the record")
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()
}

/// Digits of a digest for people; machines get all.
const DIGITS_SHOWN: usize = 16;

/// What was moved, whereto, and where the old record stays.
fn say(shared: &Shared, moved: &Moved, from: &str, to: &str, kept: &str) -> Result<Exit> {
    let rows: u64 = moved.tables.iter().map(|table| table.rows).sum();
    if shared.is_json {
        let table = |table: &MovedTable| json!({"table": table.name, "rows": table.rows, "digest": table.digest.to_string()});
        print::json(&json!({
            "from": from, "to": to, "kept": kept, "rows": rows, "was_there": moved.was_there,
            "tables": moved.tables.iter().map(table).collect::<Vec<_>>(),
            "audit": {"records": moved.audit.size, "root": moved.audit.root.to_string()},
        }))?;
        return Ok(Exit::Clean);
    }
    let mut table = print::table(&["table", "rows", "digest of all values"]);
    for one in moved.tables.iter().filter(|table| table.rows > 0) {
        let digest: String = one.digest.to_string().chars().take(DIGITS_SHOWN).collect();
        table.add_row(vec![one.name.as_str().into(), print::right(print::count(one.rows)), digest.into()]);
    }
    println!("{table}");
    println!(
        "{} rows, the same on both sides, and the audit's {} records (root {}) are in {to}, which is in force from now on",
        print::count(rows),
        print::count(moved.audit.size),
        moved.audit.root
    );
    println!("the old record stays as it was, in {kept}");
    Ok(Exit::Clean)
}

/// The move had been cut off when all but the old file's name was done.
fn say_switched(shared: &Shared, to: &str, kept: &str) -> Result<Exit> {
    let done = json!({"to": to, "kept": kept});
    say_done(shared, done, &format!("the record was moved to {to} before; the old one is {kept} now"))
}
