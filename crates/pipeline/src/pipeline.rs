//! The writer: gives entries their place, makes them durable, evaluates them, commits what they ask for.

use crate::archive::Archive;
use crate::evaluate::Evaluator;
use crate::folder::DataFolder;
use crate::intake::{IntakeSettings, PreparedChunk, PreparedEvent, PreparedLine, content_hash, prepare};
use crate::upkeep::{Upkeep, UpkeepOptions};
use crate::{PipelineError, replay, rules};
use cordon_enforce::ports::PipelineRecord;
use cordon_journal::ids::{IdMemory, Known};
use cordon_journal::{Disk, EntryRef, Journal, NewEntry, OffsetRange, WholeJournal, snapshots};
use cordon_model::clock::{Clock, Timestamp};
use cordon_model::effect::Effect;
use cordon_model::entry::{Control, EntryKind};
use cordon_model::event::{Reject, RejectCode};
use cordon_model::hashing::HashKey;
use cordon_model::ids::{EffectId, Offset};
use cordon_model::limits;
use rustc_hash::FxHashMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};
use tokio::sync::watch;

/// Longest time that a batch without effects waits for the next before the record hears of it, in microseconds.
const COMMIT_WAIT_MICROS: i64 = 1_000_000;
/// Microseconds of an hour: how often a tick is due.
const TICK_MICROS: i64 = 3_600_000_000;

/// What a pipeline stands on.
pub struct PipelineOptions {
    /// Through what everything is written.
    pub disk: Arc<dyn Disk>,
    /// Where.
    pub folder: DataFolder,
    /// The key of the hashes.
    pub key: HashKey,
    /// The entry that put the key in place of an older one: hashes in the journal up to there are the older one's.
    pub key_since: Offset,
    /// The text of `links.yaml` for a folder that has none in force yet.
    pub settings_text: String,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Where effects go.
    pub record: Arc<dyn PipelineRecord>,
    /// On what the record's futures run; calls come from threads outside of it.
    pub runtime: tokio::runtime::Handle,
    /// Entries between two snapshots.
    pub snapshot_every: u64,
    /// How history is kept.
    pub upkeep: UpkeepOptions,
}

/// What became of a chunk's lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// Lines that are new entries now.
    pub accepted: u64,
    /// Lines that were there already.
    pub duplicates: u64,
    /// Lines that were accepted with their time moved back to the arrival.
    pub clamped: u64,
    /// Lines refused, with their number.
    pub rejected: Vec<(u64, Reject)>,
    /// The offsets given.
    pub offsets: OffsetRange,
}

/// Whether a call returns as soon as entries are durable, or when they are evaluated and committed as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// In the journal, on disk.
    Journalled,
    /// In the record, too.
    Committed,
}

/// The one writer of a data folder.
pub struct Pipeline {
    journal: Journal,
    archive: Archive,
    ids: IdMemory,
    state: Arc<RwLock<Evaluator>>,
    /// The last entry that the state has taken in, for those who wait for it.
    evaluated: watch::Sender<Offset>,
    options: PipelineOptions,
    generation: u64,
    /// The last entry that the record has heard of.
    applied: Offset,
    /// Effects of evaluated entries that the record has not heard of.
    pending: Vec<(EffectId, Effect)>,
    last_commit: Timestamp,
    last_tick: i64,
    last_snapshot: Offset,
    /// The last sealed entry when the log was last asked to let go of what history holds.
    released: Offset,
}

/// Entries that are durable and wait for their evaluation.
struct Durable {
    chunk: PreparedChunk,
    fresh: Vec<usize>,
    offsets: OffsetRange,
    received_at: Timestamp,
}

impl Pipeline {
    /// Opens a data folder: newest sound snapshot, replay, and for an empty folder the first settings.
    ///
    /// Errors: see [`PipelineError`].
    pub fn open(options: PipelineOptions) -> Result<Self, PipelineError> {
        let opened = replay::open(&options)?;
        let mut pipeline = Self {
            // Whether this hour's tick stands already, its id tells.
            last_tick: i64::MIN,
            last_snapshot: opened.snapshot_offset,
            journal: opened.journal,
            archive: opened.archive,
            ids: opened.ids,
            evaluated: watch::Sender::new(opened.evaluator.offset()),
            state: Arc::new(RwLock::new(opened.evaluator)),
            generation: 1,
            applied: opened.applied,
            pending: opened.effects,
            last_commit: options.clock.now(),
            released: Offset(0),
            options,
        };
        if pipeline.journal.reader().last_offset() == Offset(0) {
            let yaml = pipeline.options.settings_text.clone();
            pipeline.append_control("settings:first", &Control::LinkSettingsActivated { yaml })?;
        }
        pipeline.commit()?;
        Ok(pipeline)
    }

    /// State, for queries. Hold it briefly: the writer waits.
    pub fn state(&self) -> Arc<RwLock<Evaluator>> {
        Arc::clone(&self.state)
    }

    /// Hears of the last entry that the state has taken in, before the record does.
    pub fn evaluated(&self) -> watch::Receiver<Offset> {
        self.evaluated.subscribe()
    }

    /// The journal, for readers on any thread.
    pub fn journal(&self) -> WholeJournal {
        self.archive.journal.clone()
    }

    /// Who looks after the history of this folder.
    pub fn upkeep(&self) -> Upkeep {
        let clock = Arc::clone(&self.options.clock);
        Upkeep::new(&self.archive, self.state(), clock, self.options.upkeep)
    }

    /// What chunks are prepared by.
    pub fn intake(&self) -> IntakeSettings {
        let state = self.read();
        IntakeSettings {
            links: Arc::clone(state.settings()),
            key: self.options.key,
            has_banked: has_banked(&state),
            generation: self.generation,
        }
    }

    /// The instant at which what comes now arrives: never before what came earlier.
    pub fn now(&self) -> Timestamp {
        self.options.clock.now().max(self.journal.last_received_at())
    }

    /// The last entry that the record has applied.
    pub fn applied(&self) -> Offset {
        self.applied
    }

    /// Takes a chunk in: ① durable, then `acknowledge` is called, ② evaluated, ③ committed, ④ visible.
    ///
    /// Errors: before `acknowledge` was called nothing of the chunk is in the journal; after it, everything is, and
    /// what the error kept from the record is committed with the next call or after a restart.
    pub fn take(
        &mut self,
        chunk: PreparedChunk,
        durability: Durability,
        acknowledge: impl FnOnce(&Taken),
    ) -> Result<Taken, PipelineError> {
        let acknowledge = |all: &[Taken]| {
            if let [taken] = all {
                acknowledge(taken);
            }
        };
        let taken = self.take_together(vec![chunk], durability, acknowledge)?;
        Ok(taken.into_iter().next().unwrap_or_default())
    }

    /// Takes chunks in that wait at the same time: one append, one sync for all of them. Gives what became of each,
    /// in their order.
    ///
    /// Errors: as [`Pipeline::take`], of all chunks or of none.
    pub fn take_together(
        &mut self,
        chunks: Vec<PreparedChunk>,
        durability: Durability,
        acknowledge: impl FnOnce(&[Taken]),
    ) -> Result<Vec<Taken>, PipelineError> {
        self.check_space()?;
        self.tick_if_due(chunks.iter().map(|chunk| chunk.received_at).max().unwrap_or_default())?;
        let mut last = self.journal.last_received_at();
        let renewed = chunks.into_iter().map(|chunk| {
            let chunk = self.renew(chunk, last);
            last = chunk.received_at;
            chunk
        });
        let chunks: Vec<PreparedChunk> = renewed.collect();
        let (taken, durable) = self.make_durable(chunks)?;
        acknowledge(&taken);
        // Each is let go of at once: whoever waits for its answers hears that there are no more.
        durable.into_iter().for_each(|durable| self.evaluate(&durable));
        self.settle(durability)?;
        Ok(taken)
    }

    /// Closes intake while the disk is nearly full.
    fn check_space(&self) -> Result<(), PipelineError> {
        let free = self.options.disk.free_bytes(self.options.folder.root()).unwrap_or(u64::MAX);
        if free < limits::DISK_FREE_BYTES_MIN {
            return Err(PipelineError::DiskNearlyFull { minimum: limits::DISK_FREE_BYTES_MIN });
        }
        Ok(())
    }

    /// A chunk prepared under older settings, or before the entry in front of it arrived, is prepared again.
    fn renew(&self, chunk: PreparedChunk, last: Timestamp) -> PreparedChunk {
        if chunk.generation == self.generation && chunk.received_at >= last {
            return chunk;
        }
        let received_at = chunk.received_at.max(last);
        let (stops_at_reject, answers) = (chunk.stops_at_reject, chunk.answers.clone());
        PreparedChunk { stops_at_reject, answers, ..prepare(&self.intake(), chunk.chunk, received_at) }
    }

    fn make_durable(
        &mut self,
        chunks: Vec<PreparedChunk>,
    ) -> Result<(Vec<Taken>, Vec<Durable>), PipelineError> {
        let mut seen = FxHashMap::default();
        let sorted: Vec<(Taken, Vec<usize>)> =
            chunks.iter().map(|chunk| self.sort_out(chunk, &mut seen)).collect::<Result<_, _>>()?;
        let fresh = chunks.iter().zip(&sorted).flat_map(|(chunk, (_, fresh))| {
            fresh.iter().filter_map(|index| new_entry(chunk, chunk.lines.get(*index)?))
        });
        let entries: Vec<NewEntry<'_>> = fresh.collect();
        let mut next = match entries.is_empty() {
            true => Offset(0),
            false => self.journal.append(&entries)?.first,
        };
        drop(entries);
        let (mut all, mut durable) = (Vec::with_capacity(chunks.len()), Vec::with_capacity(chunks.len()));
        for (chunk, (mut taken, fresh)) in chunks.into_iter().zip(sorted) {
            if !fresh.is_empty() {
                let offsets = OffsetRange { first: next, last: Offset(next.0 + fresh.len() as u64 - 1) };
                next = offsets.last.next();
                self.remember(&chunk, &fresh, offsets, &mut taken);
                let received_at = chunk.received_at;
                durable.push(Durable { chunk, fresh, offsets, received_at });
            }
            all.push(taken);
        }
        Ok((all, durable))
    }

    fn remember(&mut self, chunk: &PreparedChunk, fresh: &[usize], offsets: OffsetRange, taken: &mut Taken) {
        (taken.offsets, taken.accepted) = (offsets, offsets.len());
        for (offset, index) in offsets.offsets().zip(fresh) {
            if let Some(event) = chunk.lines.get(*index).and_then(|line| line.content.as_ref().ok()) {
                self.ids.remember(offset, event.id_hash, event.content_hash);
                taken.clamped += u64::from(event.is_clamped);
            }
        }
    }

    /// Which lines are new: indexes into the chunk. Repeats are counted, conflicts and mistakes refused. `seen` are
    /// the ids and contents of what is taken in together with it.
    fn sort_out(
        &self,
        chunk: &PreparedChunk,
        seen: &mut FxHashMap<u128, u64>,
    ) -> Result<(Taken, Vec<usize>), PipelineError> {
        let mut taken = Taken::default();
        let mut fresh = Vec::with_capacity(chunk.lines.len());
        for (index, line) in chunk.lines.iter().enumerate() {
            if chunk.stops_at_reject && !taken.rejected.is_empty() {
                break;
            }
            let event = match &line.content {
                Ok(event) => event,
                Err(reject) => {
                    taken.rejected.push((line.number, reject.clone()));
                    continue;
                }
            };
            let known = match seen.get(&event.id_hash) {
                Some(content_hash) if *content_hash == event.content_hash => Known::Duplicate,
                Some(_) => Known::Conflict,
                None => self.ids.look_up(event.id_hash, event.content_hash)?,
            };
            match known {
                Known::New => {
                    seen.insert(event.id_hash, event.content_hash);
                    fresh.push(index);
                }
                Known::Duplicate => taken.duplicates += 1,
                Known::Conflict => taken.rejected.push((line.number, conflict())),
            }
        }
        Ok((taken, fresh))
    }

    fn evaluate(&mut self, durable: &Durable) {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        for (offset, index) in durable.offsets.offsets().zip(&durable.fresh) {
            let Some(line) = durable.chunk.lines.get(*index) else { continue };
            let (Some(new), Ok(event)) = (new_entry(&durable.chunk, line), &line.content) else { continue };
            let entry = EntryRef {
                offset,
                received_at: durable.received_at,
                kind: new.kind,
                id: new.id,
                content_hash: new.content_hash,
                payload: new.payload,
            };
            let (effects, answer) = state.observe_and_answer(entry, &event.observation);
            self.pending.extend(effects);
            // A sender who no longer waits needs no answer.
            let _ = durable.chunk.answers.as_ref().map(|answers| answers.send((line.number, answer)));
        }
        drop(state);
        self.evaluated.send_replace(durable.offsets.last);
    }

    /// Appends a control entry, once by its id, and evaluates it. Says whether it was new.
    ///
    /// Errors: as [`Pipeline::take`].
    pub fn append_control(&mut self, id: &str, control: &Control) -> Result<bool, PipelineError> {
        if let Control::LinkSettingsActivated { yaml } = control {
            // Checked before it is written: what stands in the journal must be readable for ever.
            cordon_detect::settings::LinkSettings::parse(yaml)?;
        }
        if let Control::RuleSetActivated(set) = control {
            let found = rules::compile(&set.files).err();
            found.map_or(Ok(()), |found| Err(PipelineError::RuleSet { found }))?;
        }
        let payload = serde_json::to_vec(control)
            .map_err(|error| PipelineError::Entry { offset: Offset(0), reason: error.to_string() })?;
        let content_hash = content_hash(&self.options.key, &payload);
        let id_hash = self.options.key.hash128(id.as_bytes());
        if self.ids.look_up(id_hash, content_hash)? != Known::New {
            return Ok(false);
        }
        let received_at = self.now();
        let new = NewEntry { received_at, kind: EntryKind::Control, id, content_hash, payload: &payload };
        let offset = self.journal.append(&[new])?.last;
        self.ids.remember(offset, id_hash, content_hash);
        let entry =
            EntryRef { offset, received_at, kind: EntryKind::Control, id, content_hash, payload: &payload };
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        let had_banked = has_banked(&state);
        let effects = state.evaluate(entry)?;
        let is_renewed =
            matches!(control, Control::LinkSettingsActivated { .. }) || has_banked(&state) != had_banked;
        drop(state);
        self.evaluated.send_replace(offset);
        self.pending.extend(effects);
        self.generation += u64::from(is_renewed);
        Ok(true)
    }

    /// Writes the hour's tick if none stands yet. Time passes for idle platforms, too: call it now and then.
    ///
    /// Errors: as [`Pipeline::take`].
    pub fn tick_if_due(&mut self, now: Timestamp) -> Result<(), PipelineError> {
        let hour = now.0.max(self.journal.last_received_at().0).div_euclid(TICK_MICROS);
        if hour <= self.last_tick {
            return Ok(());
        }
        self.append_control(&format!("tick:{hour}"), &Control::Tick)?;
        self.last_tick = hour;
        Ok(())
    }

    /// Commits if something waits for it, and takes a snapshot if one is due.
    ///
    /// Errors: as [`Pipeline::take`].
    pub fn settle(&mut self, durability: Durability) -> Result<(), PipelineError> {
        let waited = self.now().0 - self.last_commit.0;
        let is_due = !self.pending.is_empty() || !(0..COMMIT_WAIT_MICROS).contains(&waited);
        if is_due || durability == Durability::Committed {
            self.commit()?;
        }
        if self.applied.0.saturating_sub(self.last_snapshot.0) >= self.options.snapshot_every {
            self.snapshot()?;
        }
        self.release_log()
    }

    /// Lets the log go of what history holds, but for the newest entries.
    fn release_log(&mut self) -> Result<(), PipelineError> {
        let sealed = self.archive.history.sealed_through();
        if sealed == self.released {
            return Ok(());
        }
        let UpkeepOptions { log_entries_kept, log_seconds_kept, .. } = self.options.upkeep;
        let many = Offset(self.journal.reader().last_offset().0.saturating_sub(log_entries_kept));
        let long_ago = self.now().plus_seconds(-log_seconds_kept);
        let manifest = self.archive.history.manifest();
        let old = manifest.files.iter().rev().find(|file| file.received.1 <= long_ago);
        let old = old.map_or(Offset(0), |file| file.entries.last);
        self.journal.remove_segments_through(many.max(old).min(sealed))?;
        // A platform that fills no segment for weeks gets a new one all the same.
        let first = self.journal.last_segment().first;
        let began = self.journal.reader().entry_at(first)?;
        if began.is_some_and(|entry| entry.received_at <= long_ago) {
            self.journal.close_last_segment();
        }
        self.released = sealed;
        Ok(())
    }

    fn commit(&mut self) -> Result<(), PipelineError> {
        let last = self.read().offset();
        if last == self.applied && self.pending.is_empty() {
            return Ok(());
        }
        let now = self.now();
        let commit = self.options.record.commit(self.applied, last, self.pending.clone(), now);
        self.options.runtime.block_on(commit)?;
        self.pending.clear();
        self.applied = last;
        self.last_commit = now;
        Ok(())
    }

    /// Writes what restarts quickly: state and ids.
    ///
    /// Errors: as [`Pipeline::take`].
    pub fn snapshot(&mut self) -> Result<(), PipelineError> {
        self.commit()?;
        self.ids.snapshot()?;
        let bytes = self.read().snapshot()?;
        snapshots::save(&*self.options.disk, &self.options.folder.snapshots(), self.applied, &bytes)?;
        self.last_snapshot = self.applied;
        Ok(())
    }

    /// Commits what waits and leaves a snapshot behind.
    ///
    /// Errors: as [`Pipeline::take`].
    pub fn close(mut self) -> Result<(), PipelineError> {
        if self.applied == self.last_snapshot && self.pending.is_empty() {
            return self.commit();
        }
        self.snapshot()
    }

    fn read(&self) -> RwLockReadGuard<'_, Evaluator> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }
}

fn new_entry<'c>(chunk: &'c PreparedChunk, line: &'c PreparedLine) -> Option<NewEntry<'c>> {
    let PreparedEvent { id, content_hash, .. } = line.content.as_ref().ok()?;
    let payload = chunk.chunk.bytes.get(line.start..line.end)?;
    let received_at = chunk.received_at;
    Some(NewEntry { received_at, kind: EntryKind::Event, id, content_hash: *content_hash, payload })
}

fn has_banked(state: &Evaluator) -> bool {
    !state.detection().banks().is_empty()
}

fn conflict() -> Reject {
    Reject::new(RejectCode::IdConflict, "`id` is taken by an event with other content; the first stands")
}

#[cfg(test)]
mod tests;
