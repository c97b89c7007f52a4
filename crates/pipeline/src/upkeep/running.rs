//! Upkeep on a thread of its own.

use super::{Step, Upkeep};
use crate::PipelineError;
use std::error::Error;
use std::sync::mpsc::{RecvTimeoutError, Sender, TryRecvError, channel};
use std::thread::JoinHandle;
use std::time::Duration;

/// How long it rests between two looks.
const PAUSE: Duration = Duration::from_secs(1);
/// So many entries between two looks, and the writer is busy: a back-fill, say.
const BUSY_ENTRIES: u64 = 20_000;
/// So many unsealed entries are sealed however busy it is.
const UNSEALED_MAX: u64 = 2_000_000;
/// How long after an error: a full disk does not empty within a second.
const PAUSE_AFTER_ERROR: Duration = Duration::from_secs(30);

/// A thread that looks after history until this is dropped; what it is at is finished first.
#[derive(Debug)]
pub struct RunningUpkeep {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl RunningUpkeep {
    /// Starts the thread.
    ///
    /// Errors: those of the system where it has no thread to give.
    pub fn start(upkeep: Upkeep) -> std::io::Result<Self> {
        let (stop, stopped) = channel();
        let thread = std::thread::Builder::new().name("upkeep".to_owned()).spawn(move || {
            let (mut pause, mut seen) = (PAUSE, upkeep.last_offset());
            while stopped.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
                let last = upkeep.last_offset();
                let since = last.0 - std::mem::replace(&mut seen, last).0;
                if since >= BUSY_ENTRIES && upkeep.unsealed() < UNSEALED_MAX {
                    // The writer has better use for the machine; what is unsealed stands in the log all the same.
                    continue;
                }
                pause = work(&upkeep, &|| stopped.try_recv() != Err(TryRecvError::Empty));
            }
        })?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

/// Works until nothing is due or it is told to stop; how long to rest then.
fn work(upkeep: &Upkeep, must_stop: &dyn Fn() -> bool) -> Duration {
    match step_until(upkeep, must_stop) {
        Ok(()) => PAUSE,
        Err(error) => {
            let source = error.source().map(ToString::to_string);
            tracing::warn!(%error, source, "history waits");
            PAUSE_AFTER_ERROR
        }
    }
}

fn step_until(upkeep: &Upkeep, must_stop: &dyn Fn() -> bool) -> Result<(), PipelineError> {
    while !must_stop() {
        match upkeep.step()? {
            Step::Rested => return upkeep.follow(),
            step => tracing::debug!(?step, "history"),
        }
    }
    Ok(())
}

impl Drop for RunningUpkeep {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread that looks after history broke");
        }
    }
}
