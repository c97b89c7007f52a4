//! What every request can reach.

use crate::auth::Authentication;
use crate::doorkeeper::Doorkeeper;
use crate::host::Host;
use crate::limits;
use crate::notices::Links;
use crate::problem::Problem;
use crate::serve::House;
use crate::sessions::Sessions;
use crate::telemetry::Telemetry;
use crate::webhooks::Deliver;
use cordon_enforce::ports::{
    AuditLog, BulkDesk, CaseDesk, ClusterDesk, Counts, NoticeDesk, Operators, Outbox, Policies, QualityDesk,
    SignIn,
};
use cordon_model::clock::{Clock, Timestamp};
use cordon_pipeline::Evaluator;
use std::ops::Deref;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, Semaphore};

/// The record, by its ports.
#[derive(Clone)]
pub struct Ports {
    /// Cases and decisions.
    pub desk: Arc<dyn CaseDesk>,
    /// Accounts reviewed side by side.
    pub clusters: Arc<dyn ClusterDesk>,
    /// Batches.
    pub bulk: Arc<dyn BulkDesk>,
    /// What accounts are told, and their appeals.
    pub notices: Arc<dyn NoticeDesk>,
    /// Second looks.
    pub quality: Arc<dyn QualityDesk>,
    /// Who may do something.
    pub operators: Arc<dyn Operators>,
    /// Passwords and second factors.
    pub sign_in: Arc<dyn SignIn>,
    /// What must leave the house.
    pub outbox: Arc<dyn Outbox>,
    /// What rules and banks must name.
    pub policies: Arc<dyn Policies>,
    /// Totals for metrics.
    pub counts: Arc<dyn Counts>,
    /// Who did what, with proofs.
    pub audit: Arc<dyn AuditLog>,
}

/// What is not in the house: time, chance, the platform.
#[derive(Clone)]
pub struct Outside {
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Draws 128 random bits.
    pub random: Arc<dyn Fn() -> u128 + Send + Sync>,
    /// Delivers what is due to the platform, once; `None` where no platform is named and webhooks wait.
    pub deliver: Option<Deliver>,
}

/// What every request can reach. Cheap to clone.
#[derive(Clone)]
pub(crate) struct App(Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) ports: Ports,
    pub(crate) outside: Outside,
    pub(crate) host: Host,
    pub(crate) telemetry: Telemetry,
    pub(crate) authentication: Authentication,
    pub(crate) sessions: Sessions,
    /// Who may try a password, and when.
    pub(crate) doorkeeper: Doorkeeper,
    /// Requests that may still begin.
    pub(crate) requests: Arc<Semaphore>,
    /// Surfacing queries that may still begin.
    pub(crate) surfacings: Arc<Semaphore>,
    /// Queries over the journal that may still begin.
    pub(crate) queries: Arc<Semaphore>,
    /// How long one of them may run.
    pub(crate) query_timeout: Duration,
    /// What the house sets for itself.
    pub(crate) house: House,
    /// Rule sets that may still be read and checked at once.
    pub(crate) rule_sets: Arc<Semaphore>,
    /// Mebibytes that bodies of events may still take.
    pub(crate) intake_mebibytes: Arc<Semaphore>,
    /// Wakes the webhook worker.
    pub(crate) delivery: Arc<Notify>,
    /// Wakes the worker of batches.
    pub(crate) bulk_work: Arc<Notify>,
    /// Appeals that may still come by links.
    pub(crate) links: Links,
    is_ending: AtomicBool,
}

impl App {
    pub(crate) fn new(
        (ports, outside): (Ports, Outside),
        host: Host,
        telemetry: Telemetry,
        (authentication, sessions, doorkeeper): (Authentication, Sessions, Doorkeeper),
        (query_timeout, house): (Duration, House),
    ) -> Self {
        let places = |count| Arc::new(Semaphore::new(count));
        Self(Arc::new(Inner {
            ports,
            outside,
            host,
            telemetry,
            authentication,
            sessions,
            doorkeeper,
            requests: places(limits::REQUESTS_MAX),
            surfacings: places(limits::SURFACINGS_MAX),
            queries: places(limits::QUERIES_MAX),
            query_timeout,
            house,
            rule_sets: places(limits::RULE_SETS_MAX),
            intake_mebibytes: places(limits::INTAKE_MEBIBYTES_MAX),
            delivery: Arc::default(),
            bulk_work: Arc::default(),
            links: Links::default(),
            is_ending: AtomicBool::new(false),
        }))
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.outside.clock.now()
    }

    /// Asks the state as it stands, on a thread that may block.
    pub(crate) async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Evaluator) -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let state = self.host.state();
        let ask = move || question(&state.read().unwrap_or_else(PoisonError::into_inner));
        tokio::task::spawn_blocking(ask).await.map_err(Problem::broken_task)
    }

    /// Something was decided: the journal and the platform are to hear of it soon.
    pub(crate) fn decided(&self) {
        self.host.nudge();
        self.delivery.notify_one();
    }

    pub(crate) fn begin_to_end(&self) {
        self.is_ending.store(true, Ordering::Release);
    }

    pub(crate) fn is_ending(&self) -> bool {
        self.is_ending.load(Ordering::Acquire)
    }
}

impl Deref for App {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}
