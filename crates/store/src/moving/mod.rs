//! Moving the record to another database, every row as it is.
//!
//! The target gets everything in one transaction, and is read back and compared before it is committed: whenever the
//! move is cut off, the target is empty or whole, and there is nothing to clear away. The source is held so that
//! nobody writes to it until its owner has been told where the record is from now on.

mod rows;
mod tables;

use crate::backend::{Connection, Transaction, failed, query, query_scalar};
use crate::ports::audit_log;
use cordon_enforce::audit::{Broken, Node, TreeHead, Verifier};
use cordon_enforce::ports::StoreError;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use tables::Table;

/// Where a record is.
#[derive(Clone, Copy)]
pub enum Site<'s> {
    /// A file of SQLite's; made where there is none.
    File(&'s Path),
    /// A database of PostgreSQL's, by its url.
    Database(&'s str),
}

/// What was moved.
#[derive(Clone, Debug)]
pub struct Moved {
    /// Every table, in the order in which they were made.
    pub tables: Vec<MovedTable>,
    /// The audit's tree, the same on both sides.
    pub audit: TreeHead,
    /// Whether the target held the copy before: an earlier move was cut off after its last row.
    pub was_there: bool,
}

/// One table, the same on both sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MovedTable {
    /// Its name.
    pub name: String,
    /// How many rows it has.
    pub rows: u64,
    /// Over all values of all rows, whatever the rows' order.
    pub digest: Node,
}

/// Why nothing was moved. The source is as it was, and in force.
#[derive(Debug, thiserror::Error)]
pub enum MoveError {
    /// Either side failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The target has rows of its own.
    #[error(
        "the target is a record already (its table {table} has other rows than the one to move): name an empty database"
    )]
    Taken {
        /// A table that differs.
        table: String,
    },
    /// The two sides have different tables or columns.
    #[error("only one side has {columns}: both need the tables of this cordon, and no others")]
    Unlike {
        /// `table.column`, with commas between them.
        columns: String,
    },
    /// The source's audit is broken.
    #[error("the audit of the record to move is broken (`cordon audit verify` says the same)")]
    Broken(#[source] Broken),
    /// What was read back is not what was written.
    #[error("the table {table} reads back otherwise than it was written: nothing was kept of it")]
    Altered {
        /// The first table that differs.
        table: String,
    },
    /// The record is whole on both sides, but whose record it is could not be told so.
    #[error("the copy is whole, but could not be put in force; move again to end it")]
    Switch(#[source] std::io::Error),
}

/// Copies the record at `from` to `to`, which must be empty or a copy of it, and compares both: rows, digests of all
/// values, and the audit, whose checkpoints are checked against `key`. Then `switch` says elsewhere that `to` is in force,
/// while nobody can write to `from`. `watch` hears how many rows of how many were dealt with, each twice: written and
/// read back.
///
/// Shape: one transaction on either side; a thousand rows at a time in memory.
/// Errors: [`MoveError`].
pub async fn move_record(
    from: Site<'_>,
    to: Site<'_>,
    key: Option<&Verifier>,
    watch: &(dyn Fn(u64, u64) + Sync),
    switch: impl FnOnce() -> std::io::Result<()>,
) -> Result<Moved, MoveError> {
    let (mut source, mut target) = (from.connect().await?, to.connect().await?);
    let (is_reading, is_writing) = (AtomicBool::default(), AtomicBool::default());
    let mut reading = Transaction::to_write(&mut source, &is_reading).await.map_err(failed)?;
    let mut writing = Transaction::to_write(&mut target, &is_writing).await.map_err(failed)?;
    let tables = tables::of_both(&mut reading, &mut writing).await?;
    let audit = sound(&mut reading, key).await?.map_err(MoveError::Broken)?;
    let mut bar = Progress::over(&mut reading, &tables, watch).await?;
    let was_there = !is_empty(&mut writing, &tables).await?;
    let mut moved = Vec::with_capacity(tables.len());
    for table in &tables {
        let into = if was_there { None } else { Some(&mut *writing) };
        moved.push(rows::read(table, &mut reading, into, &mut bar).await?);
    }
    for (table, moved) in tables.iter().zip(&moved) {
        if rows::read(table, &mut writing, None, &mut bar).await? != *moved {
            let table = table.name.clone();
            return Err(if was_there { MoveError::Taken { table } } else { MoveError::Altered { table } });
        }
    }
    if sound(&mut writing, key).await? != Ok(audit) {
        return Err(MoveError::Altered { table: "audit".to_owned() });
    }
    writing.commit().await.map_err(failed)?;
    switch().map_err(MoveError::Switch)?;
    drop(reading);
    leave(source, target).await;
    Ok(Moved { tables: moved, audit, was_there })
}

/// Folds what a killed process left in the write-ahead log into the file at `path`, so that the file is all of it. The log
/// stays where another process has the file open.
///
/// Errors: those of [`crate::Record::open`].
pub async fn fold_log(path: &Path) -> Result<(), StoreError> {
    Site::File(path).connect().await?.close().await.map_err(failed)
}

/// What may fail without harm: the move is done.
async fn leave(source: Connection<'static>, mut target: Connection<'static>) {
    if target.is_postgres() {
        // It would count the rows by itself within a minute; until then it would plan for empty tables.
        let _ = query("ANALYZE").execute(&mut target).await;
    }
    let _ = source.close().await;
    let _ = target.close().await;
}

impl Site<'_> {
    /// A connection of its own, the tables up to date.
    async fn connect(self) -> Result<Connection<'static>, StoreError> {
        match self {
            Self::File(path) => crate::open::connect_alone(path).await.map(Connection::Sqlite),
            Self::Database(url) => crate::open_postgres::connect_alone(url).await.map(Connection::Postgres),
        }
    }
}

/// The audit's tree, or what is wrong with it.
async fn sound(
    connection: &mut Connection<'_>,
    key: Option<&Verifier>,
) -> Result<Result<TreeHead, Broken>, StoreError> {
    let tree = audit_log::verify(connection, key).await?;
    Ok(tree.map(|tree| TreeHead { size: tree.size(), root: tree.root() }))
}

/// Whether a record is as the migrations leave it.
async fn is_empty(connection: &mut Connection<'_>, tables: &[Table]) -> Result<bool, StoreError> {
    for table in tables {
        let is_seed = tables::SEEDED.contains(&table.name.as_str());
        if !is_seed && table.count(connection).await? > 0 {
            return Ok(false);
        }
    }
    let is_begun = "SELECT audit_head.sequence + pipeline.applied_offset FROM audit_head, pipeline";
    let begun: i64 = query_scalar(is_begun).fetch_one(connection).await.map_err(failed)?;
    Ok(begun == 0)
}

/// How far the move is, in rows.
struct Progress<'w> {
    done: u64,
    all: u64,
    watch: &'w (dyn Fn(u64, u64) + Sync),
}

impl<'w> Progress<'w> {
    async fn over(
        connection: &mut Connection<'_>,
        tables: &[Table],
        watch: &'w (dyn Fn(u64, u64) + Sync),
    ) -> Result<Self, StoreError> {
        let mut rows = 0;
        for table in tables {
            rows += table.count(connection).await?;
        }
        Ok(Self { done: 0, all: 2 * rows, watch })
    }

    fn step(&mut self, rows: u64) {
        self.done += rows;
        (self.watch)(self.done, self.all);
    }
}
