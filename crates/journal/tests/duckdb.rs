//! Another engine reads history: DuckDB, from PyPI, in a virtual environment under the target folder.
//!
//! Where Python, pip or the network is missing the test prints a line that begins with `SKIPPED:`, and adds what
//! it skipped to the file that `CORDON_SKIPPED` names, where `make test` counts it.

use cordon_journal::{
    Facts, History, HistoryOptions, Journal, JournalError, JournalOptions, KeepAll, NewEntry, RealDisk,
    Sealer,
};
use cordon_model::clock::Timestamp;
use cordon_model::entry::{Entry, EntryKind};
use cordon_model::ids::AccountId;
use std::path::{Path, PathBuf};
use std::process::Command;

const ENTRIES: u64 = 3_000;

const SCRIPT: &str = "
import duckdb, sys
files = sys.argv[1:]
rows = duckdb.read_parquet(files)
print(duckdb.sql('select count(*), min(\"offset\"), max(\"offset\"), count(distinct account_id) from rows').fetchall()[0])
print(duckdb.sql(\"select count(*) from rows where account_id = 'account-7'\").fetchall()[0])
print(duckdb.sql('select kind, type, id, account_id, content_hash, decode(payload), epoch_us(received_at), epoch_us(time) from rows where \"offset\" = 1234').fetchall()[0])
print(duckdb.sql('select account_id is null, count(*) from rows group by 1 order by 1').fetchall())
names = ', '.join(repr(file) for file in files)
print(duckdb.sql(f\"select count(*) > 0 from parquet_metadata([{names}]) where path_in_schema = 'account_id' and bloom_filter_offset is not null\").fetchall()[0])
";

#[test]
fn duckdb_reads_history_as_it_was_appended() {
    let Some(python) = python_with_duckdb() else {
        return skip("history in DuckDB (needs python3 with venv and pip, and the network)").unwrap();
    };
    let folder = tempfile::tempdir().unwrap();
    let paths = sealed_files(folder.path()).unwrap();
    assert_eq!(paths.len(), 5, "six seals, two of them merged");
    let output = Command::new(python).arg("-c").arg(SCRIPT).args(paths).output().unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines: Vec<&str> = printed.lines().collect();
    assert_eq!(
        lines,
        [
            "(3000, 1, 3000, 10)",
            "(270,)",
            "('event', 'post', 'id-1234', 'account-4', 18446744073709550382, 'payload of 1234', 1234000000, 1233000000)",
            "[(False, 2700), (True, 300)]",
            "(True,)",
        ]
    );
}

/// A history of several files, one of them merged.
fn sealed_files(folder: &Path) -> Result<Vec<PathBuf>, JournalError> {
    let options = HistoryOptions { full_rows: 900, row_group_rows: 256, page_rows: 64, ..Default::default() };
    let history = History::open(RealDisk::shared(), &folder.join("history"), options)?;
    let (mut journal, _) = Journal::open(RealDisk::shared(), &folder.join("log"), JournalOptions::default())?;
    let sealer = Sealer::new(history.clone(), journal.reader(), describe);
    for offset in 1..=ENTRIES {
        let (id, payload) = (format!("id-{offset}"), format!("payload of {offset}"));
        let entry = NewEntry {
            received_at: Timestamp::from_seconds(offset as i64),
            kind: EntryKind::Event,
            id: &id,
            content_hash: u64::MAX - offset + 1,
            payload: payload.as_bytes(),
        };
        journal.append(&[entry])?;
        if offset.is_multiple_of(500) {
            sealer.seal_once(u64::MAX, &KeepAll)?;
        }
    }
    history.merge_once(&KeepAll)?;
    Ok(history.paths())
}

/// Ten in a hundred entries are nobody's.
fn describe(entry: &Entry) -> Facts {
    let number = entry.offset.0;
    let account_id =
        (!(number / 10).is_multiple_of(10)).then(|| AccountId(format!("account-{}", number % 10)));
    Facts { account_id, event_type: "post".to_owned(), time: entry.received_at.plus_seconds(-1) }
}

/// The Python of a virtual environment that holds DuckDB; `None` where there can be none.
fn python_with_duckdb() -> Option<PathBuf> {
    let environment = Path::new(env!("CARGO_TARGET_TMPDIR")).join("duckdb");
    let python = environment.join("bin/python");
    let has_duckdb = || succeeds(Command::new(&python).args(["-c", "import duckdb"]));
    if !has_duckdb() {
        let is_made = succeeds(Command::new("python3").args(["-m", "venv"]).arg(&environment));
        let mut install = Command::new(&python);
        install.args(["-m", "pip", "install", "--quiet", "--timeout", "20", "--retries", "1", "duckdb"]);
        if !is_made || !succeeds(&mut install) {
            return None;
        }
    }
    has_duckdb().then_some(python)
}

fn succeeds(command: &mut Command) -> bool {
    command.output().is_ok_and(|output| output.status.success())
}

/// Says that something was not looked at, and counts it.
fn skip(what: &str) -> std::io::Result<()> {
    use std::io::Write;
    println!("SKIPPED: {what}");
    let Some(path) = std::env::var_os("CORDON_SKIPPED") else { return Ok(()) };
    let mut file = std::fs::OpenOptions::new().create(true).append(true).open(path)?;
    writeln!(file, "{what}")
}
