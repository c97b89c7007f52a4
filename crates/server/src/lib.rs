//! The HTTP surface: authentication, `/v1/…`, health and metrics; and the host of the pipeline.
//!
//! The one design decision: one writer on one thread of its own, behind a bounded queue; everything else is a
//! reader. A request that changes something either goes through the queue (events, reports) or through the record
//! (claims, decisions), from where the outbox brings it to the writer. So a slow query never delays an
//! acknowledgement by more than the state's lock, and a full queue is said at once.
//!
//! Refuses to do: name a database or a platform. It stands on the ports of `cordon_enforce` and on a closure that
//! delivers. Read first: `host.rs` (the writer's thread), then `api/v1` (one file an endpoint).

mod api;
mod app;
mod auth;
mod batches;
mod console;
mod doorkeeper;
mod extract;
mod host;
pub mod limits;
mod notices;
mod problem;
mod serve;
mod sessions;
mod telemetry;
mod webhooks;

pub use api::openapi;
pub use app::{Outside, Ports};
pub use auth::Authentication;
pub use host::QueueBounds;
pub use serve::{House, ServeError, ServerOptions, serve};
pub use sessions::LoginCode;
pub use webhooks::{Deliver, Pass};
