//! The whole product, from the outside: the binary, its files and its exit codes.

mod arrows;
mod crash;
mod ingest;
mod support;
mod surface;
