//! Figures for Prometheus. Names of routes, never of accounts.

use crate::app::App;
use crate::serve::ServeError;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use cordon_model::batch::{Batch, BatchStatus};
use cordon_model::decision::DecisionKind;
use cordon_model::rule_set::RuleMode;
use cordon_pipeline::Taken;
use metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::time::Instant;

const ACCEPTED: &str = "cordon_events_accepted_total";
const DUPLICATES: &str = "cordon_events_duplicates_total";
const REJECTED: &str = "cordon_events_rejected_total";
const QUEUE_DEPTH: &str = "cordon_intake_queue_depth";
const LAG: &str = "cordon_ingest_lag_seconds";
const JOURNAL_OFFSET: &str = "cordon_journal_offset";
const APPLIED_OFFSET: &str = "cordon_applied_offset";
const CASES_OPEN: &str = "cordon_cases_open";
const DECISIONS: &str = "cordon_decisions_total";
const OVERTURNED: &str = "cordon_decisions_overturned_total";
const GLASS_BROKEN: &str = "cordon_glass_broken_total";
const BATCH_LEFT: &str = "cordon_batch_members_left";
const APPEALS_OPEN: &str = "cordon_appeals_open";
const APPEALS_LATE: &str = "cordon_appeals_late";
const OUTBOX_PENDING: &str = "cordon_outbox_pending";
const OUTBOX_DEAD: &str = "cordon_outbox_dead";
const TRANSACTION_SECONDS: &str = "cordon_record_transaction_seconds";
const RULES_STOPPED: &str = "cordon_rules_stopped";
const HTTP_SECONDS: &str = "cordon_http_request_duration_seconds";

/// Upper ends of the latency buckets, in seconds.
const BUCKETS: [f64; 12] = [0.001, 0.002_5, 0.005, 0.01, 0.02, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0];

/// The way to the figures. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Telemetry {
    prometheus: PrometheusHandle,
}

impl Telemetry {
    /// Installs the process's recorder; there is one a process.
    pub(crate) fn install() -> Result<Self, ServeError> {
        let broken = |error: metrics_exporter_prometheus::BuildError| ServeError::Telemetry(Box::new(error));
        let prometheus = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Full(HTTP_SECONDS.to_owned()), &BUCKETS)
            .and_then(|builder| {
                builder.set_buckets_for_metric(Matcher::Full(TRANSACTION_SECONDS.to_owned()), &BUCKETS)
            })
            .and_then(PrometheusBuilder::install_recorder)
            .map_err(broken)?;
        describe();
        Ok(Self { prometheus })
    }

    /// Folds what was measured into buckets; call it every few seconds.
    pub(crate) fn fold(&self) {
        self.prometheus.run_upkeep();
    }

    pub(crate) fn render(&self) -> String {
        self.prometheus.render()
    }
}

fn describe() {
    describe_counter!(ACCEPTED, "Entries taken in, reports included");
    describe_counter!(DUPLICATES, "Entries that were there already");
    describe_counter!(REJECTED, "Entries refused");
    describe_gauge!(QUEUE_DEPTH, "Chunks that wait for the writer");
    describe_gauge!(LAG, Unit::Seconds, "Age of the oldest entry that the record has not applied");
    describe_gauge!(JOURNAL_OFFSET, "The last entry on disk");
    describe_gauge!(APPLIED_OFFSET, "The last entry that the record has applied");
    describe_gauge!(CASES_OPEN, "Open cases, by queue");
    describe_counter!(DECISIONS, "Decisions made since the start, by kind");
    describe_counter!(OVERTURNED, "Decisions overturned since the start");
    describe_counter!(GLASS_BROKEN, "Batches started beyond the daily limits since the start");
    describe_gauge!(BATCH_LEFT, "Members that the batch under way has still to decide on or take back");
    describe_gauge!(APPEALS_OPEN, "Appeals that wait for a decision");
    describe_gauge!(APPEALS_LATE, "Appeals that should have been decided by now");
    describe_gauge!(OUTBOX_PENDING, "Rows that wait to leave the house");
    describe_gauge!(OUTBOX_DEAD, "Rows that were given up");
    describe_gauge!(RULES_STOPPED, "Live rules that went beyond their daily limit and were put in shadow");
    describe_histogram!(HTTP_SECONDS, Unit::Seconds, "Time to answer, by route, method and status");
    describe_histogram!(
        TRANSACTION_SECONDS,
        Unit::Seconds,
        "How long transactions of the pipeline had the record's writer"
    );
    for name in [ACCEPTED, DUPLICATES, REJECTED, OVERTURNED, GLASS_BROKEN] {
        counter!(name).absolute(0);
    }
}

pub(crate) fn count_taken(taken: &Taken) {
    counter!(ACCEPTED).increment(taken.accepted);
    counter!(DUPLICATES).increment(taken.duplicates);
    counter!(REJECTED).increment(taken.rejected.len() as u64);
}

pub(crate) fn count_decision(kind: DecisionKind) {
    counter!(DECISIONS, "kind" => kind.name()).increment(1);
}

pub(crate) fn count_overturn() {
    counter!(OVERTURNED).increment(1);
}

pub(crate) fn count_glass_broken() {
    counter!(GLASS_BROKEN).increment(1);
}

/// What the batch at hand has before it.
pub(crate) fn gauge_batch(batch: &Batch) {
    let progress = &batch.progress;
    let left = match batch.status {
        BatchStatus::TakingBack => progress.done.saturating_sub(progress.taken_back),
        BatchStatus::Running => batch.member_count.saturating_sub(progress.done + progress.passed_over),
        _ => 0,
    };
    gauge!(BATCH_LEFT).set(left as f64);
}

/// Reads what is a state rather than a count, at the moment somebody asks.
pub(crate) async fn gauge_now(app: &App) {
    let host = &app.host;
    gauge!(QUEUE_DEPTH).set(host.queue_depth() as f64);
    gauge!(LAG).set(host.lag_seconds());
    gauge!(JOURNAL_OFFSET).set(host.journal_offset().0 as f64);
    gauge!(APPLIED_OFFSET).set(host.applied_offset().0 as f64);
    let stopped = |state: &cordon_pipeline::Evaluator| {
        let live = state.rules().and_then(|rules| rules.active(RuleMode::Live));
        live.map_or(0, |live| live.stopped().len())
    };
    if let Ok(stopped) = app.ask(stopped).await {
        gauge!(RULES_STOPPED).set(stopped as f64);
    }
    // A record that does not answer leaves the last values standing; `/ready` says so.
    if let Ok(queues) = app.ports.desk.list_queues().await {
        for queue in queues {
            gauge!(CASES_OPEN, "queue" => queue.queue_id.0).set(queue.open_count as f64);
        }
    }
    if let Ok(totals) = app.ports.notices.count_appeals(app.now()).await {
        gauge!(APPEALS_OPEN).set(totals.open as f64);
        gauge!(APPEALS_LATE).set(totals.late as f64);
    }
    if let Ok(totals) = app.ports.counts.totals().await {
        gauge!(OUTBOX_PENDING).set(totals.outbox_pending as f64);
        gauge!(OUTBOX_DEAD).set(totals.outbox_dead as f64);
    }
}

/// Measures and logs each request by its route.
pub(crate) async fn measure(State(_): State<App>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    let method = request.method().clone();
    let response = next.run(request).await;
    let (status, elapsed) = (response.status().as_u16(), begun.elapsed());
    tracing::debug!(
        http.route = %route, http.method = %method, http.status = status,
        duration_ms = elapsed.as_millis() as u64, "answered"
    );
    let labels = [("route", route), ("method", method.as_str().to_owned()), ("status", status.to_string())];
    histogram!(HTTP_SECONDS, &labels).record(elapsed.as_secs_f64());
    response
}
