//! One pass over what is due.

use super::{Endpoint, Request, SIGNATURE_HEADER, Signature, Transport};
use cordon_enforce::outbox::{OutboxKind, OutboxRow};
use cordon_enforce::ports::{Failure, Outbox, StoreError};
use cordon_model::clock::Timestamp;
use std::sync::Arc;
use tokio::task::JoinSet;

/// Rows that one pass takes at most.
const ROWS_PER_PASS: usize = 500;
/// Requests on their way at once.
const REQUESTS_AT_ONCE: usize = 8;

/// What became of a pass.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delivered {
    /// Rows that the platform took.
    pub done: usize,
    /// Rows that will be tried again.
    pub failed: usize,
    /// Rows that were given up.
    pub dead: usize,
    /// Whether the pass stopped early because the platform took nothing; the rest stays due, unharmed.
    pub is_platform_down: bool,
}

/// Tries every due webhook once, at most 500, a few at a time. Rows of one account are never on their way
/// together; see the outbox's contract.
///
/// Where a whole round of requests fails, the platform is down and the pass ends, so that an outage costs the
/// rows behind no attempts. `jitter` draws from `0.0..=1.0`.
///
/// Errors: those of the outbox. A row that was delivered but could not be marked is delivered again, under the
/// same key.
pub async fn deliver_due(
    outbox: &dyn Outbox,
    endpoint: &Endpoint,
    transport: &Arc<dyn Transport>,
    jitter: &mut (dyn FnMut() -> f64 + Send),
    now: Timestamp,
) -> Result<Delivered, StoreError> {
    let rows = outbox.due(OutboxKind::Webhook, now, ROWS_PER_PASS).await?;
    let mut pass = Delivered::default();
    for round in rows.chunks(REQUESTS_AT_ONCE) {
        let outcomes = send_round(round, endpoint, transport, now).await;
        let done: Vec<String> =
            outcomes.iter().filter(|(_, outcome)| outcome.is_ok()).map(|(key, _)| key.clone()).collect();
        pass.done += done.len();
        if !done.is_empty() {
            outbox.mark_done(&done, now).await?;
        }
        for (key, reason) in outcomes.into_iter().filter_map(|(key, outcome)| Some((key, outcome.err()?))) {
            let failure = Failure { reason, jitter: jitter() };
            match outbox.mark_failed(&key, failure, now).await? {
                Some(_) => pass.failed += 1,
                None => pass.dead += 1,
            }
        }
        if done.is_empty() {
            pass.is_platform_down = true;
            break;
        }
    }
    Ok(pass)
}

/// Sends each row once, all together; each key with the reason of its failure.
async fn send_round(
    rows: &[OutboxRow],
    endpoint: &Endpoint,
    transport: &Arc<dyn Transport>,
    now: Timestamp,
) -> Vec<(String, Result<(), String>)> {
    let mut sending = JoinSet::new();
    for row in rows {
        let (transport, request, key) = (Arc::clone(transport), request(row, endpoint, now), row.key.clone());
        sending.spawn(async move {
            let outcome = match transport.send(request).await {
                Ok(200..=299) => Ok(()),
                Ok(status) => Err(format!("status {status}")),
                Err(error) => Err(error.to_string()),
            };
            (key, outcome)
        });
    }
    sending.join_all().await
}

fn request(row: &OutboxRow, endpoint: &Endpoint, now: Timestamp) -> Request {
    let signature = Signature::sign(&endpoint.secret, row.payload.as_bytes(), now.seconds());
    Request {
        url: endpoint.url.clone(),
        headers: vec![
            ("Content-Type", "application/json".to_owned()),
            ("Idempotency-Key", row.key.clone()),
            (SIGNATURE_HEADER, signature.to_string()),
        ],
        body: row.payload.clone(),
    }
}
