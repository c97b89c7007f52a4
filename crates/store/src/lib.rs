//! The record: the ports of `cordon_enforce` on a SQL database.
//!
//! The one design decision: all rules live in `enforce`'s pure functions; this crate loads a state, calls one,
//! and writes what it says in one transaction, audit included. SQL is kept to what SQLite and PostgreSQL both
//! speak; where they differ, they differ in [`backend`]. PostgreSQL is behind the feature `postgres`.
//!
//! Refuses to do: decide anything, and hand out a connection. Read first: [`Record`], then `write.rs` (how
//! changes become rows) and `writer.rs` (who may write when).

mod audit;
mod backend;
mod clusters;
mod desk;
mod insert;
#[cfg(feature = "postgres")]
mod moving;
mod notices;
mod open;
#[cfg(feature = "postgres")]
mod open_postgres;
mod ports;
mod relays;
mod rows;
mod script;
mod slices;
mod strikes;
mod subjects;
mod text;
mod write;
mod writer;

pub use cordon_enforce::ports::StoreError;
#[cfg(feature = "postgres")]
pub use moving::{MoveError, Moved, MovedTable, Site, fold_log, move_record};
pub use open::{Record, RecordOptions};
#[cfg(feature = "postgres")]
pub use open_postgres::database_named_by;
