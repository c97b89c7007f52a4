//! The databases, behind one set of names: SQLite, and PostgreSQL where the feature `postgres` is on.
//!
//! A value, a row, a connection is an enum with one variant for each database, so that the rest of the crate is
//! compiled once, and which database a record is on is chosen when it is opened. With one database the enums are free.
//! SQL is written once, in what both speak. Where they differ, they differ here: how values are marked, how many rows
//! go in at once, how a transaction begins, what an error means.

mod connection;
mod failure;
#[cfg(feature = "postgres")]
mod postgres;
mod query;
mod row;
mod transaction;
mod value;

pub(crate) use connection::{Connection, Pool, Source};
pub(crate) use failure::failed;
#[cfg(feature = "postgres")]
pub(crate) use postgres::insert_arrays;
pub(crate) use query::{Query, query, query_made, query_scalar, query_scalar_made};
pub(crate) use row::DbRow;
pub(crate) use transaction::Transaction;
pub(crate) use value::Value;

/// Runs `$body` for whichever database `$on` is of, with its connection as `$name`.
macro_rules! on_each {
    ($on:expr, $name:ident => $body:expr) => {
        match $on {
            $crate::backend::connection::Raw::Sqlite($name) => $body,
            #[cfg(feature = "postgres")]
            $crate::backend::connection::Raw::Postgres($name) => $body,
        }
    };
}
pub(crate) use on_each;
