//! `cordon serve`: the HTTP API on a data folder.

use super::Shared;
use crate::cli::Serve;
use crate::data::{Data, Opening};
use crate::exit::Exit;
use crate::print;
use anyhow::{Context, Result};
use cordon_connect::webhook::{Endpoint, HttpLimits, HttpTransport, Transport, WebhookSecret, deliver_due};
use cordon_enforce::audit::CheckpointKey;
use cordon_enforce::ports::{AuditLog, Operators, Outbox, QualityDesk};
use cordon_model::clock::{Clock, SystemClock};
use cordon_server::{
    Authentication, Deliver, House, Outside, Pass, Ports, QueueBounds, ServerOptions, serve,
};
use cordon_store::Record;
use serde_json::json;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};

/// Runs the command: until SIGTERM or SIGINT.
pub fn run(shared: &Shared, options: &Serve) -> Result<Exit> {
    run_by(Arc::new(SystemClock), shared, options)
}

/// The same by another clock.
pub fn run_by(clock: Arc<dyn Clock>, shared: &Shared, options: &Serve) -> Result<Exit> {
    let authentication = if options.no_auth { Authentication::Off } else { Authentication::Tokens };
    if options.no_auth && !options.listen.ip().is_loopback() {
        // Said again by the server; here before a data folder is made.
        return Err(cordon_server::ServeError::OpenBeyondLoopback { listen: options.listen }.into());
    }
    // What cannot stand is told before a data folder is made.
    let queue_targets = crate::queue_targets::read(options.queue_targets.as_deref())?;
    let templates = crate::decision_templates::read(options.decision_templates.as_deref())?;
    let quality = crate::quality_rules::read(options.quality.as_deref())?;
    let endpoint = options
        .webhook_url
        .as_deref()
        .zip(options.webhook_secret_file.as_deref())
        .map(|(url, secret_file)| endpoint(url, secret_file))
        .transpose()?;
    let data = Data::open(shared, Opening { clock: Some(Arc::clone(&clock)), ..Opening::default() })?;
    let (runtime, record) = (data.runtime.handle().clone(), Arc::clone(&data.record));
    let deliver = endpoint.map(|endpoint| deliverer(Arc::clone(&record), endpoint));
    let ports = Ports {
        desk: record.clone(),
        clusters: record.clone(),
        bulk: record.clone(),
        notices: record.clone(),
        quality: record.clone(),
        operators: record.clone(),
        sign_in: record.clone(),
        outbox: record.clone(),
        policies: record.clone(),
        counts: record.clone(),
        audit: record.clone(),
    };
    let key = Arc::new(super::audit::checkpoint_key(&shared.data)?);
    let house = House { queue_targets, templates, audit_key: Arc::clone(&key) };
    let signing = runtime.spawn(sign_by_the_hour(Arc::clone(&record), Arc::clone(&key), Arc::clone(&clock)));
    let outside = Outside { clock: Arc::clone(&clock), random: Arc::new(random), deliver };
    let query_timeout = Duration::from_secs(options.query_seconds);
    runtime.block_on(async {
        record.put_quality_rules(&quality, &"cordon".into(), clock.now()).await?;
        let login_code = match &options.login {
            Some(operator) => Some(super::token::login_code(&record, operator).await?),
            None => None,
        };
        let code = login_code.as_ref().map(|login| login.code.clone());
        let (listen, queue) = (options.listen, queue(options));
        let server = ServerOptions {
            listen,
            authentication,
            queue,
            query_timeout,
            house,
            needs_second_factor: options.require_second_factor,
            login_code,
        };
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let stop = async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        };
        let is_unlocked =
            authentication == Authentication::Tokens && record.list_operators().await?.is_empty();
        let announce = |address| announce(shared, (address, code.as_deref()), is_unlocked);
        let served = serve(data.pipeline, (ports, outside), server, announce, stop).await;
        signing.abort();
        sign(&record, &key, &*clock).await;
        Ok::<(), anyhow::Error>(served?)
    })?;
    Ok(Exit::Clean)
}

/// How long audit records wait for a signed checkpoint at most.
const SIGNED_EVERY: Duration = Duration::from_secs(3600);

async fn sign_by_the_hour(record: Arc<Record>, key: Arc<CheckpointKey>, clock: Arc<dyn Clock>) {
    let mut hours = tokio::time::interval(SIGNED_EVERY);
    loop {
        hours.tick().await;
        sign(&record, &key, &*clock).await;
    }
}

/// Signs for the audit records there are. Where that fails, the next hour's checkpoint covers them, too.
async fn sign(record: &Record, key: &CheckpointKey, clock: &dyn Clock) {
    if let Err(error) = record.sign_checkpoint(key, clock.now()).await {
        tracing::warn!(%error, "the audit's checkpoint could not be signed");
    }
}

/// The wait for a place may be set by the environment, so that a test can fill the queue.
fn queue(options: &Serve) -> QueueBounds {
    let wait = std::env::var("CORDON_QUEUE_WAIT_MS").ok().and_then(|text| text.parse().ok());
    QueueBounds {
        chunks: options.queue_chunks,
        wait: wait.map_or(QueueBounds::default().wait, Duration::from_millis),
    }
}

fn announce(shared: &Shared, (address, login_code): (SocketAddr, Option<&str>), is_without_tokens: bool) {
    let listening = format!("http://{address}");
    // After the `#`, which no browser sends and no proxy logs.
    let login = login_code.map(|code| format!("{listening}/#login={code}"));
    if shared.is_json {
        if let Err(error) = print::json(&json!({ "listening": listening, "login": login })) {
            tracing::warn!(%error, "the address could not be printed");
        }
    } else {
        println!("cordon listens on {listening}");
        if let Some(login) = login {
            println!("log in to the console, once, within half an hour: {login}");
        }
    }
    if is_without_tokens {
        eprintln!(
            "nobody may do anything yet: cordon admin operator add NAME --role admin (a password), or cordon admin token create --operator NAME --role admin"
        );
    }
}

fn endpoint(url: &str, secret_file: &Path) -> Result<Endpoint> {
    let secret =
        std::fs::read(secret_file).with_context(|| format!("cannot read {}", secret_file.display()))?;
    let secret = WebhookSecret::new(secret.trim_ascii())?;
    Ok(Endpoint::new(url, secret)?)
}

fn deliverer(record: Arc<Record>, endpoint: Endpoint) -> Deliver {
    let transport: Arc<dyn Transport> = Arc::new(HttpTransport::new(HttpLimits::default()));
    Arc::new(move |now| {
        let (record, endpoint, transport) = (Arc::clone(&record), endpoint.clone(), Arc::clone(&transport));
        Box::pin(async move {
            let outbox: &dyn Outbox = &*record;
            let mut jitter = || (random() >> 64) as f64 / u64::MAX as f64;
            let pass = deliver_due(outbox, &endpoint, &transport, &mut jitter, now).await?;
            Ok(Pass { done: pass.done, failed: pass.failed, dead: pass.dead })
        })
    })
}

/// 128 bits from the machine's source of randomness.
fn random() -> u128 {
    let drawn = crate::random::draw().unwrap_or_else(|error| {
        // What is drawn here names reports and spreads retries: a name that is taken is refused, not mistaken.
        tracing::error!(%error, "the machine's source of randomness does not answer");
        [0; 16]
    });
    u128::from_le_bytes(drawn)
}
