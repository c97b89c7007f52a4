//! The pipeline's thread: one writer, fed through a bounded queue.
//!
//! Everything that changes the journal happens here, in one order. A caller reserves a place in the queue *before*
//! it prepares a chunk, so that a full queue costs nobody any work; and it hears of its chunk as soon as that is on
//! disk, while evaluation and the record follow. When nothing comes in, the thread lets time pass: the hour's tick,
//! what waits for the record, and what people decided on its way into the journal.

use crate::limits::RELAY_PAUSE;
use crate::problem::{Code, Problem, chain};
use crate::serve::ServeError;
use crate::telemetry;
use cordon_enforce::ports::{Failure, Outbox, StoreError};
use cordon_model::clock::{Clock, Timestamp};
use cordon_model::ids::Offset;
use cordon_model::limits;
use cordon_pipeline::intake::IntakeSettings;
use cordon_pipeline::journal::{JournalError, WholeJournal};
use cordon_pipeline::{
    Durability, Evaluator, Pipeline, PipelineError, PreparedChunk, RunningUpkeep, Taken, relay,
};
use std::io::ErrorKind;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{Notify, mpsc, oneshot, watch};
use tokio::time::{Instant, sleep_until, timeout};

/// Rounds of the relay in one go: each brings one row a stream.
const ROUNDS_MAX: usize = 16;
/// Changes that wait for the writer at once.
const CHANGES_WAITING_MAX: usize = 16;

/// How the queue in front of the writer is bounded.
#[derive(Clone, Copy, Debug)]
pub struct QueueBounds {
    /// Chunks that may wait, at least one.
    pub chunks: usize,
    /// How long a sender waits for a place before it hears 429.
    pub wait: Duration,
}

impl Default for QueueBounds {
    /// [`cordon_model::limits::INTAKE_BATCHES_MAX`] and [`crate::limits::QUEUE_WAIT`].
    fn default() -> Self {
        Self { chunks: limits::INTAKE_BATCHES_MAX, wait: crate::limits::QUEUE_WAIT }
    }
}

/// Where a sender hears of its chunk.
type Acknowledge = oneshot::Sender<Result<Taken, Problem>>;

/// Something else than a chunk that the writer does in its turn; what it says is only an error after which going on may
/// do harm, the caller hears by a way of its own.
type Change = Box<dyn FnOnce(Result<&mut Pipeline, Problem>) -> Result<(), PipelineError> + Send>;

/// A chunk on its way to the writer.
struct Job {
    chunk: PreparedChunk,
    acknowledge: Acknowledge,
}

/// What the thread tells the rest of the server.
#[derive(Debug, Default)]
struct Gauges {
    applied: AtomicU64,
    /// When the oldest entry arrived that the record has not applied, in microseconds; 0 where there is none.
    oldest_unapplied: AtomicI64,
    is_stopped: AtomicBool,
}

/// The way to the pipeline. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Host {
    queue: mpsc::Sender<Job>,
    changes: mpsc::Sender<Change>,
    queue_wait: Duration,
    nudge: Arc<Notify>,
    stop: Arc<Notify>,
    gauges: Arc<Gauges>,
    intake: Arc<RwLock<IntakeSettings>>,
    state: Arc<RwLock<Evaluator>>,
    journal: WholeJournal,
    evaluated: watch::Receiver<Offset>,
    clock: Arc<dyn Clock>,
}

/// The thread, to be waited for.
pub(crate) struct Running {
    stop: Arc<Notify>,
    ended: oneshot::Receiver<Result<(), PipelineError>>,
}

/// A place in the queue.
pub(crate) struct Place(mpsc::OwnedPermit<Job>);

impl Place {
    /// Hands the chunk to the writer; the answer comes once it is on disk.
    pub(crate) fn hand_in(self, chunk: PreparedChunk) -> oneshot::Receiver<Result<Taken, Problem>> {
        let (acknowledge, acknowledged) = oneshot::channel();
        self.0.send(Job { chunk, acknowledge });
        acknowledged
    }
}

impl Host {
    /// Moves the pipeline to a thread of its own, with a queue in front of it.
    pub(crate) fn start(
        pipeline: Pipeline,
        outbox: Arc<dyn Outbox>,
        clock: Arc<dyn Clock>,
        bounds: QueueBounds,
    ) -> std::io::Result<(Self, Running)> {
        let (queue, jobs) = mpsc::channel(bounds.chunks.max(1));
        let (changes, wanted) = mpsc::channel(CHANGES_WAITING_MAX);
        let host = Self {
            queue,
            changes,
            queue_wait: bounds.wait,
            nudge: Arc::default(),
            stop: Arc::default(),
            gauges: Arc::default(),
            intake: Arc::new(RwLock::new(pipeline.intake())),
            state: pipeline.state(),
            journal: pipeline.journal(),
            evaluated: pipeline.evaluated(),
            clock,
        };
        let (end, ended) = oneshot::channel();
        let running = Running { stop: Arc::clone(&host.stop), ended };
        let mut writer = Writer {
            pipeline,
            outbox,
            runtime: tokio::runtime::Handle::current(),
            clock: Arc::clone(&host.clock),
            gauges: Arc::clone(&host.gauges),
            intake: Arc::clone(&host.intake),
            closed: None,
        };
        let (nudge, stop) = (Arc::clone(&host.nudge), Arc::clone(&host.stop));
        let upkeep = RunningUpkeep::start(writer.pipeline.upkeep())?;
        std::thread::Builder::new().name("pipeline".to_owned()).spawn(move || {
            let outcome = writer.run(jobs, wanted, &nudge, &stop);
            drop(upkeep);
            writer.gauges.is_stopped.store(true, Ordering::Release);
            let closed = outcome.and_then(|()| writer.pipeline.close());
            if let Err(error) = &closed {
                tracing::error!(error = %chain(error), "the pipeline stopped");
            }
            // Nobody listens where the server is gone already; the log has it.
            let _ = end.send(closed);
        })?;
        Ok((host, running))
    }

    /// A place in the queue, if one comes free at once or very soon: many small senders take turns without being
    /// turned away, and a writer that cannot keep up is said all the same.
    pub(crate) async fn reserve_soon(&self) -> Result<Place, Problem> {
        let full = |_| Problem::new(Code::QueueFull, "the queue in front of the writer is full");
        timeout(self.queue_wait, self.reserve()).await.map_err(full)?
    }

    /// A place in the queue, waited for.
    pub(crate) async fn reserve(&self) -> Result<Place, Problem> {
        self.queue.clone().reserve_owned().await.map(Place).map_err(|_| stopped())
    }

    /// Lets the writer do something in its turn, between two batches: no event is lost, none sees half of it.
    ///
    /// Errors: what the pipeline refuses, `overloaded` where too many changes wait, and that the writer has stopped.
    pub(crate) async fn change<T: Send + 'static>(
        &self,
        act: impl FnOnce(&mut Pipeline) -> Result<T, PipelineError> + Send + 'static,
    ) -> Result<T, Problem> {
        let (tell, told) = oneshot::channel();
        let change: Change = Box::new(move |turn| {
            let (answer, outcome) = match turn.map(act) {
                Ok(Ok(done)) => (Ok(done), Ok(())),
                Ok(Err(error)) => (Err(problem_of(&error)), Err(error)),
                Err(problem) => (Err(problem), Ok(())),
            };
            // Nobody listens where the caller went away.
            let _ = tell.send(answer);
            outcome
        });
        self.changes.try_send(change).map_err(|error| match error {
            TrySendError::Full(_) => Problem::new(Code::Overloaded, "too many changes wait for the writer"),
            TrySendError::Closed(_) => stopped(),
        })?;
        told.await.map_err(|_| stopped())?
    }

    /// Says that the outbox has something for the journal.
    pub(crate) fn nudge(&self) {
        self.nudge.notify_one();
    }

    /// What chunks are prepared by.
    pub(crate) fn intake(&self) -> IntakeSettings {
        self.intake.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The state, for queries on a thread that may block.
    pub(crate) fn state(&self) -> Arc<RwLock<Evaluator>> {
        Arc::clone(&self.state)
    }

    /// The journal, for readers on a thread that may block.
    pub(crate) fn journal(&self) -> WholeJournal {
        self.journal.clone()
    }

    /// Hears of the last entry that the state has taken in.
    pub(crate) fn evaluated(&self) -> watch::Receiver<Offset> {
        self.evaluated.clone()
    }

    /// Chunks that wait for the writer.
    pub(crate) fn queue_depth(&self) -> usize {
        self.queue.max_capacity() - self.queue.capacity()
    }

    /// The last entry on disk.
    pub(crate) fn journal_offset(&self) -> Offset {
        self.journal.last_offset()
    }

    /// The last entry that the record has applied.
    pub(crate) fn applied_offset(&self) -> Offset {
        Offset(self.gauges.applied.load(Ordering::Relaxed))
    }

    /// How long the oldest entry that the record has not applied has waited, in seconds.
    pub(crate) fn lag_seconds(&self) -> f64 {
        match self.gauges.oldest_unapplied.load(Ordering::Relaxed) {
            0 => 0.0,
            oldest => self.clock.now().seconds_since(Timestamp(oldest)).max(0.0),
        }
    }

    /// Whether the thread has ended.
    pub(crate) fn is_stopped(&self) -> bool {
        self.gauges.is_stopped.load(Ordering::Acquire)
    }
}

fn stopped() -> Problem {
    Problem::new(Code::ShuttingDown, "the writer has stopped")
}

impl Running {
    /// Waits until the thread ends by itself, which it does only when something is wrong.
    pub(crate) async fn ended(&mut self) -> Result<(), ServeError> {
        Ok((&mut self.ended).await.map_err(|_| ServeError::PipelineBroke)??)
    }

    /// Lets the thread finish what waits, take a snapshot and end.
    pub(crate) async fn stop(mut self) -> Result<(), ServeError> {
        self.stop.notify_one();
        self.ended().await
    }
}

/// What the thread does next.
enum Next {
    Take(Job),
    Change(Change),
    LetTimePass,
    Stop,
}

/// The job and those that wait behind it, until they fill a batch; the last of them may reach beyond its end by less
/// than a chunk. They share a sync, so that many small senders cost no more than a large one.
fn together(first: Job, jobs: &mut mpsc::Receiver<Job>) -> Vec<Job> {
    let mut lines = first.chunk.line_count();
    let mut together = vec![first];
    while lines < limits::BATCH_ENTRIES_MAX
        && let Ok(job) = jobs.try_recv()
    {
        lines += job.chunk.line_count();
        together.push(job);
    }
    together
}

fn refuse(senders: impl IntoIterator<Item = Acknowledge>, problem: &Problem) {
    for sender in senders {
        let _ = sender.send(Err(problem.clone()));
    }
}

/// The thread's own.
struct Writer {
    pipeline: Pipeline,
    outbox: Arc<dyn Outbox>,
    runtime: tokio::runtime::Handle,
    clock: Arc<dyn Clock>,
    gauges: Arc<Gauges>,
    intake: Arc<RwLock<IntakeSettings>>,
    /// Why intake is closed: the record does not take what the journal holds. What waits for it must not grow.
    closed: Option<Problem>,
}

impl Writer {
    /// Works until told to stop, or until going on would do harm.
    fn run(
        &mut self,
        mut jobs: mpsc::Receiver<Job>,
        mut changes: mpsc::Receiver<Change>,
        nudge: &Notify,
        stop: &Notify,
    ) -> Result<(), PipelineError> {
        self.gauge();
        let mut pass_at = Instant::now();
        loop {
            let next = self.runtime.block_on(async {
                tokio::select! {
                    biased;
                    () = stop.notified() => Next::Stop,
                    () = nudge.notified() => Next::LetTimePass,
                    () = sleep_until(pass_at) => Next::LetTimePass,
                    Some(change) = changes.recv() => Next::Change(change),
                    job = jobs.recv() => job.map_or(Next::Stop, Next::Take),
                }
            });
            match next {
                Next::Take(job) => self.take(together(job, &mut jobs))?,
                Next::Change(change) => self.change(change)?,
                Next::LetTimePass => {
                    self.let_time_pass()?;
                    pass_at = Instant::now() + RELAY_PAUSE;
                }
                Next::Stop => break,
            }
            self.gauge();
        }
        jobs.close();
        while let Ok(job) = jobs.try_recv() {
            self.take(together(job, &mut jobs))?;
        }
        self.let_time_pass()
    }

    fn take(&mut self, jobs: Vec<Job>) -> Result<(), PipelineError> {
        if self.closed.is_some() {
            self.settle()?;
        }
        let (chunks, senders): (Vec<_>, Vec<_>) =
            jobs.into_iter().map(|job| (job.chunk, job.acknowledge)).unzip();
        if let Some(problem) = &self.closed {
            refuse(senders, problem);
            return Ok(());
        }
        let mut waiting = Some(senders);
        let outcome = self.pipeline.take_together(chunks, Durability::Journalled, |all| {
            for (sender, taken) in waiting.take().into_iter().flatten().zip(all) {
                telemetry::count_taken(taken);
                // A sender that went away needs no answer; the same in `refuse`.
                let _ = sender.send(Ok(taken.clone()));
            }
        });
        let Err(error) = outcome else { return Ok(()) };
        refuse(waiting.into_iter().flatten(), &problem_of(&error));
        self.bear(error)
    }

    /// Does what somebody wants changed; what chunks are prepared by may be another from here on.
    fn change(&mut self, change: Change) -> Result<(), PipelineError> {
        let turn = match &self.closed {
            Some(problem) => Err(problem.clone()),
            None => Ok(&mut self.pipeline),
        };
        if let Err(error) = change(turn) {
            self.bear(error)?;
        }
        self.renew_intake();
        self.settle()
    }

    /// What is due without anybody asking.
    fn let_time_pass(&mut self) -> Result<(), PipelineError> {
        let now = self.clock.now();
        if let Err(error) = self.pipeline.tick_if_due(now).and_then(|()| self.relay(now)) {
            self.bear(error)?;
        }
        self.settle()
    }

    /// Tells the record what it has not heard, and opens intake again once it listens.
    fn settle(&mut self) -> Result<(), PipelineError> {
        match self.pipeline.settle(Durability::Journalled) {
            Err(error) => self.bear(error),
            Ok(()) => {
                if self.closed.take().is_some() {
                    tracing::info!("the record takes effects again: intake is open");
                }
                Ok(())
            }
        }
    }

    /// Brings what people decided into the journal.
    fn relay(&mut self, now: Timestamp) -> Result<(), PipelineError> {
        for _ in 0..ROUNDS_MAX {
            let rows = self.runtime.block_on(relay::due(&*self.outbox, now))?;
            if rows.is_empty() {
                return Ok(());
            }
            let mut done = Vec::with_capacity(rows.len());
            for row in &rows {
                match relay::append(&mut self.pipeline, std::slice::from_ref(row)) {
                    Ok(keys) => done.extend(keys),
                    // A row that is no control entry must not hold up the others.
                    Err(error @ (PipelineError::Entry { .. } | PipelineError::Settings(_))) => {
                        tracing::error!(error = %chain(&error), "a row of the outbox is no control entry");
                        let failure = Failure { reason: "no control entry".to_owned(), jitter: 0.5 };
                        self.runtime.block_on(self.outbox.mark_failed(&row.key, failure, now))?;
                    }
                    Err(error) => return Err(error),
                }
            }
            self.runtime.block_on(self.outbox.mark_done(&done, now))?;
            self.renew_intake();
        }
        Ok(())
    }

    fn renew_intake(&self) {
        let settings = self.pipeline.intake();
        let mut intake = self.intake.write().unwrap_or_else(PoisonError::into_inner);
        if intake.generation != settings.generation {
            *intake = settings;
        }
    }

    /// Goes on after an error that passes; gives back one after which going on would do harm.
    fn bear(&mut self, error: PipelineError) -> Result<(), PipelineError> {
        match &error {
            PipelineError::RecordAhead { .. }
            | PipelineError::Record(StoreError::StaleWriter { .. } | StoreError::Corrupt { .. })
            | PipelineError::Journal(JournalError::Corrupt { .. } | JournalError::Gap { .. }) => {
                return Err(error);
            }
            PipelineError::Record(_) => {
                if self.closed.replace(problem_of(&error)).is_none() {
                    tracing::error!(error = %chain(&error), "the record takes no effects: intake is closed");
                }
            }
            PipelineError::RuleSet { .. }
            | PipelineError::RuleSetUnknown { .. }
            | PipelineError::Missing(_)
            | PipelineError::Invalid(_)
            | PipelineError::Refused(_) => {}
            _ => tracing::warn!(error = %chain(&error), "the pipeline could not go on at once"),
        }
        Ok(())
    }

    fn gauge(&self) {
        let applied = self.pipeline.applied();
        self.gauges.applied.store(applied.0, Ordering::Relaxed);
        let is_behind = applied < self.pipeline.journal().last_offset();
        if !is_behind {
            self.gauges.oldest_unapplied.store(0, Ordering::Relaxed);
        } else if self.gauges.oldest_unapplied.load(Ordering::Relaxed) == 0 {
            self.gauges.oldest_unapplied.store(self.pipeline.now().0, Ordering::Relaxed);
        }
    }
}

fn problem_of(error: &PipelineError) -> Problem {
    let is_full = match error {
        PipelineError::DiskNearlyFull { .. } | PipelineError::Record(StoreError::StorageFull) => true,
        PipelineError::Journal(JournalError::Disk { source, .. }) => {
            matches!(source.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded)
        }
        _ => false,
    };
    if is_full {
        return Problem::new(
            Code::StorageFull,
            "the disk is full or nearly so: intake is closed until there is room",
        );
    }
    match error {
        PipelineError::Record(_) => Problem::new(Code::RecordUnavailable, "the record does not answer"),
        PipelineError::RuleSet { found } => Problem::unsound(found),
        PipelineError::RuleSetUnknown { .. } => Problem::not_found("version of the rules"),
        PipelineError::Missing(reason) => Problem::new(Code::NotFound, reason.clone()),
        PipelineError::Invalid(reason) => Problem::new(Code::ChangeInvalid, reason.clone()),
        PipelineError::Refused(reason) => Problem::new(Code::Refused, reason.clone()),
        _ => Problem::internal(error),
    }
}
