//! The whole product, from the outside: the binary, its files and its exit codes.
#![allow(unreachable_pub, reason = "a test binary has no public interface")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod admin;
mod arrows;
mod audit;
mod bank;
mod bench;
mod cluster;
mod crash;
mod demo;
mod evaluate;
mod http;
mod ingest;
mod measure;
#[cfg(feature = "postgres")]
#[path = "../../../store/tests/contract/postgres_server.rs"]
mod postgres_server;
mod queues;
mod returns;
mod rules;
mod support;
mod surface;
