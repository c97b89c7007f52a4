//! Webhooks: the platform hears of every action over HTTP, signed, at least once, in order for each account.
//!
//! Request: `POST` to the platform's URL with the row's JSON, `Content-Type: application/json`,
//! `Idempotency-Key: <key>` and `Cordon-Signature: t=<unix seconds>,v1=<hexadecimal>`; see [`Signature`]. Any
//! status from 200 to 299 means that the platform took it; anything else is tried again later.

mod deliver;
mod endpoint;
mod http;
mod signature;

pub use deliver::{Delivered, deliver_due};
pub use endpoint::{Endpoint, EndpointError, WebhookSecret};
pub use http::{HttpLimits, HttpTransport, Request, Transport, TransportError};
pub use signature::{SIGNATURE_HEADER, Signature, SignatureError};
