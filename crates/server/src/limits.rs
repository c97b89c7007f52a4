//! The bounds of the HTTP surface. Those of the data itself are in [`cordon_model::limits`].

use std::time::Duration;

/// Connections open at once; further ones wait to be accepted.
pub const CONNECTIONS_MAX: usize = 1_024;
/// Requests under way at once; beyond that the server answers 503 `overloaded`.
pub const REQUESTS_MAX: usize = 256;
/// Surfacing queries under way at once: each keeps a core busy and the writer waiting.
pub const SURFACINGS_MAX: usize = 2;
/// Rule sets that are read and checked at once: each keeps a core busy.
pub const RULE_SETS_MAX: usize = 2;
/// Bytes of a body that holds a rule set, or entries of a bank: the files with what JSON adds.
pub const RULE_SET_BODY_BYTES_MAX: usize = 2 * cordon_model::limits::RULE_SET_BYTES_MAX;
/// Events of one request to try a rule set on.
pub const RULE_TRIAL_EVENTS_MAX: usize = 1_000;
/// Queries over the journal under way at once; each reads on one thread.
pub const QUERIES_MAX: usize = 1;
/// How long a query over the journal may run.
pub const QUERY_TIMEOUT: Duration = Duration::from_secs(30);
/// How far back a query looks that does not say, in seconds: 30 days.
pub const QUERY_SINCE_DEFAULT_SECONDS: i64 = 30 * 86_400;
/// Time for a request's head, and for an idle connection to send the next one.
pub const HEAD_TIMEOUT: Duration = Duration::from_secs(20);
/// Longest pause within a request's body.
pub const BODY_PAUSE_TIMEOUT: Duration = Duration::from_secs(10);
/// Time for a whole body.
pub const BODY_TIMEOUT: Duration = Duration::from_secs(120);
/// Bytes that a request's head may have.
pub const HEAD_BYTES_MAX: usize = 32 << 10;
/// Headers of a request.
pub const HEADERS_MAX: usize = 64;
/// Bytes of a body that is one JSON document.
pub const JSON_BYTES_MAX: usize = 1 << 20;
/// Mebibytes that the bodies of all events under way may hold together, decoded or not.
pub const INTAKE_MEBIBYTES_MAX: usize = 512;
/// Window of a zstd stream, as a power of two: what one decoder may allocate.
pub const ZSTD_WINDOW_LOG_MAX: u32 = 26;
/// Longest wait for a place in the queue before a sender hears 429.
pub const QUEUE_WAIT: Duration = Duration::from_millis(200);
/// Chunks of one request that wait for the writer at once, so that one sender leaves room for others.
pub const CHUNKS_AHEAD_MAX: usize = 2;
/// Cases on a page where the request does not say.
pub const PAGE_DEFAULT: usize = 50;
/// Similar accounts where the request does not say.
pub const SIMILAR_DEFAULT: usize = 20;
/// How long a sender that asks for returns waits for them where it does not say.
pub const RETURNS_TIMEOUT_DEFAULT: Duration = Duration::from_secs(1);
/// The longest wait that it may ask for.
pub const RETURNS_TIMEOUT_MAX: Duration = Duration::from_secs(10);
/// Accounts of one request whose returns are answered.
pub const RETURNS_ACCOUNTS_MAX: usize = 1_000;
/// Events of one request whose verdicts are answered.
pub const VERDICT_EVENTS_MAX: usize = 1_000;
/// Clusters where the request does not say.
pub const CLUSTERS_DEFAULT: usize = 20;
/// Days of acts that clusters are sought in where the request does not say.
pub const CLUSTER_DAYS_DEFAULT: u32 = 30;
/// Newest entries among which a repeated report is looked for.
pub const REPEAT_ENTRIES_MAX: u64 = 200_000;
/// Time that requests under way have to finish after a signal to stop.
pub const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(15);
/// Pause between two looks at the outbox for the journal.
pub const RELAY_PAUSE: Duration = Duration::from_millis(250);
/// Bytes of a body that proposes a batch.
pub const BATCH_BODY_BYTES_MAX: usize = 32 << 20;
/// Pause between two looks for batches under way.
pub const BATCH_PAUSE: Duration = Duration::from_secs(1);
/// Bytes of a body that holds an appeal.
pub const APPEAL_BODY_BYTES_MAX: usize = 64 << 10;
/// Bytes of the token in an appeal's link.
pub const APPEAL_TOKEN_BYTES_MAX: usize = 1_024;
/// Appeals that may come by links within a minute, those with a wrong link included.
pub const APPEALS_A_MINUTE_MAX: u32 = 120;
/// Passwords hashed at once; each takes 19 MiB and a core for tens of milliseconds.
pub const PASSWORDS_MAX: usize = 2;
/// Pause between two looks for notices and appeals whose time has come.
pub const SWEEP_PAUSE: Duration = Duration::from_secs(10);
/// Pause between two passes of webhook delivery.
pub const DELIVERY_PAUSE: Duration = Duration::from_secs(1);
