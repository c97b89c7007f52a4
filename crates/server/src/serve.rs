//! Listening, and ending well.

use crate::app::{App, Outside, Ports};
use crate::auth::Authentication;
use crate::doorkeeper::{Doorkeeper, Peer};
use crate::host::{Host, QueueBounds};
use crate::problem::{Code, Problem};
use crate::sessions::{LoginCode, Sessions};
use crate::telemetry::Telemetry;
use crate::{api, limits, webhooks};
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use cordon_enforce::audit::CheckpointKey;
use cordon_enforce::decisions::DecisionTemplate;
use cordon_enforce::queues::QueueTargets;
use cordon_pipeline::{Pipeline, PipelineError};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

/// How the server is opened.
#[derive(Clone, Debug)]
pub struct ServerOptions {
    /// Where it listens; port 0 for any free one.
    pub listen: SocketAddr,
    /// Whether tokens are asked for.
    pub authentication: Authentication,
    /// How the queue in front of the writer is bounded.
    pub queue: QueueBounds,
    /// How long a query over the journal may run, at most [`crate::limits::QUERY_TIMEOUT`].
    pub query_timeout: Duration,
    /// What the house sets for itself.
    pub house: House,
    /// Whether sessions by a password need a second factor.
    pub needs_second_factor: bool,
    /// What opens one session of the console, once.
    pub login_code: Option<LoginCode>,
}

/// What a house sets for itself and no request changes.
#[derive(Clone, Debug)]
pub struct House {
    /// How soon cases are to be looked at and decided.
    pub queue_targets: QueueTargets,
    /// Rationales that reviewers begin with.
    pub templates: Vec<DecisionTemplate>,
    /// What signs for the audit.
    pub audit_key: Arc<CheckpointKey>,
}

/// Why the server did not start, or ended.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Whoever reaches the address could do anything.
    #[error("{listen} can be reached from elsewhere: without tokens the server listens on loopback only")]
    OpenBeyondLoopback {
        /// Where it was to listen.
        listen: SocketAddr,
    },
    /// The address is taken or not of this machine.
    #[error("cannot listen on {listen}")]
    Listen {
        /// Where.
        listen: SocketAddr,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The pipeline's thread could not start, or signals cannot be heard.
    #[error("cannot start")]
    Start(#[source] std::io::Error),
    /// Figures are recorded elsewhere already.
    #[error("cannot record figures")]
    Telemetry(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The pipeline's thread ended without a word: a defect.
    #[error("the pipeline's thread broke")]
    PipelineBroke,
    /// The pipeline stopped because going on would have done harm, or could not leave a snapshot.
    #[error("the pipeline stopped")]
    Pipeline(#[from] PipelineError),
}

/// Serves until `stop` resolves, then lets requests under way finish, commits, and leaves a snapshot.
///
/// `on_listening` hears the address once requests are taken.
/// Errors: see [`ServeError`]; whatever it is, what was acknowledged is in the journal.
pub async fn serve(
    pipeline: Pipeline,
    (ports, outside): (Ports, Outside),
    options: ServerOptions,
    on_listening: impl FnOnce(SocketAddr),
    stop: impl Future<Output = ()>,
) -> Result<(), ServeError> {
    let listen = options.listen;
    if options.authentication == Authentication::Off && !listen.ip().is_loopback() {
        return Err(ServeError::OpenBeyondLoopback { listen });
    }
    let taken = |source| ServeError::Listen { listen, source };
    let listener = TcpListener::bind(listen).await.map_err(taken)?;
    let address = listener.local_addr().map_err(taken)?;
    let telemetry = Telemetry::install()?;
    let (outbox, clock) = (Arc::clone(&ports.outbox), Arc::clone(&outside.clock));
    let (host, mut running) =
        Host::start(pipeline, outbox, clock, options.queue).map_err(ServeError::Start)?;
    let query_timeout = options.query_timeout.min(limits::QUERY_TIMEOUT);
    let sessions = Sessions::new(options.login_code, outside.clock.now());
    let doorkeeper = Doorkeeper::new(options.needs_second_factor);
    let doors = (options.authentication, sessions, doorkeeper);
    let app = App::new((ports, outside), host, telemetry, doors, (query_timeout, options.house));
    let workers = start_workers(&app);
    let router = router(app.clone());
    on_listening(address);

    let connections = GracefulShutdown::new();
    let ended_by_itself = tokio::select! {
        () = accept(&listener, &router, &connections) => None,
        () = stop => None,
        outcome = running.ended() => Some(outcome),
    };
    drop(listener);
    app.begin_to_end();
    if tokio::time::timeout(limits::SHUTDOWN_TIMEOUT, connections.shutdown()).await.is_err() {
        tracing::warn!("some requests did not finish in time");
    }
    workers.into_iter().for_each(|worker| worker.abort());
    match ended_by_itself {
        Some(outcome) => outcome,
        None => running.stop().await,
    }
}

fn start_workers(app: &App) -> Vec<tokio::task::JoinHandle<()>> {
    let telemetry = app.telemetry.clone();
    let folding = tokio::spawn(async move {
        let mut pause = tokio::time::interval(Duration::from_secs(5));
        loop {
            pause.tick().await;
            telemetry.fold();
        }
    });
    let deliver = app.outside.deliver.clone().map(|deliver| {
        let (clock, nudge) = (Arc::clone(&app.outside.clock), Arc::clone(&app.delivery));
        tokio::spawn(webhooks::work(deliver, clock, nudge))
    });
    let batches = tokio::spawn(crate::batches::work(app.clone()));
    let notices = tokio::spawn(crate::notices::work(app.clone()));
    [folding, batches, notices].into_iter().chain(deliver).collect()
}

fn router(app: App) -> Router {
    let bounded = middleware::from_fn_with_state(app.clone(), bound);
    let measured = middleware::from_fn_with_state(app.clone(), crate::telemetry::measure);
    api::router(app).layer(bounded).layer(measured)
}

/// Refuses what is too much at once, and whatever comes while the server ends. Health stays reachable.
async fn bound(State(app): State<App>, request: Request, next: Next) -> Response {
    if ["/health", "/ready"].contains(&request.uri().path()) {
        return next.run(request).await;
    }
    if app.is_ending() {
        return Problem::new(Code::ShuttingDown, "the server is about to end").into_response();
    }
    match Arc::clone(&app.requests).try_acquire_owned() {
        Ok(_place) => {
            let mut response = next.run(request).await;
            // What is said about people is for the caller alone, and no page; the console's files name nobody.
            let headers = response.headers_mut();
            headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
            headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
            response
        }
        Err(_) => Problem::new(Code::Overloaded, "too many requests are under way").into_response(),
    }
}

/// Takes connections, each a task of its own, at most [`limits::CONNECTIONS_MAX`] at once. Never returns.
async fn accept(listener: &TcpListener, router: &Router, connections: &GracefulShutdown) {
    let places = Arc::new(Semaphore::new(limits::CONNECTIONS_MAX));
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(limits::HEAD_TIMEOUT)
        .max_headers(limits::HEADERS_MAX)
        .max_buf_size(limits::HEAD_BYTES_MAX);
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        let (stream, peer) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of descriptors, most likely: those in use are given back in a moment.
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection keeps its delay");
        }
        let inner = TowerToHyperService::new(router.clone());
        let service = service_fn(move |mut request: hyper::Request<Incoming>| {
            request.extensions_mut().insert(Peer(peer.ip()));
            inner.call(request)
        });
        let connection = http.serve_connection(TokioIo::new(stream), service);
        let connection = connections.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection broke");
            }
            drop(place);
        });
    }
}
