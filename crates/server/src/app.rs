//! What every request can reach.

use crate::auth::Authentication;
use crate::host::Host;
use crate::limits;
use crate::telemetry::Telemetry;
use crate::webhooks::Deliver;
use cordon_enforce::ports::{CaseDesk, Counts, Operators, Outbox};
use cordon_model::clock::{Clock, Timestamp};
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::{Notify, Semaphore};

/// The record, by its ports.
#[derive(Clone)]
pub struct Ports {
    /// Cases and decisions.
    pub desk: Arc<dyn CaseDesk>,
    /// Who may do something.
    pub operators: Arc<dyn Operators>,
    /// What must leave the house.
    pub outbox: Arc<dyn Outbox>,
    /// Totals for metrics.
    pub counts: Arc<dyn Counts>,
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
    /// Requests that may still begin.
    pub(crate) requests: Arc<Semaphore>,
    /// Surfacing queries that may still begin.
    pub(crate) surfacings: Arc<Semaphore>,
    /// Mebibytes that bodies of events may still take.
    pub(crate) intake_mebibytes: Arc<Semaphore>,
    /// Wakes the webhook worker.
    pub(crate) delivery: Arc<Notify>,
    is_ending: AtomicBool,
}

impl App {
    pub(crate) fn new(
        ports: Ports,
        outside: Outside,
        host: Host,
        telemetry: Telemetry,
        authentication: Authentication,
    ) -> Self {
        let places = |count| Arc::new(Semaphore::new(count));
        Self(Arc::new(Inner {
            ports,
            outside,
            host,
            telemetry,
            authentication,
            requests: places(limits::REQUESTS_MAX),
            surfacings: places(limits::SURFACINGS_MAX),
            intake_mebibytes: places(limits::INTAKE_MEBIBYTES_MAX),
            delivery: Arc::default(),
            is_ending: AtomicBool::new(false),
        }))
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.outside.clock.now()
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
