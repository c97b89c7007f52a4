//! What the journal says of when accounts came, and how much there was to read.

use cordon_journal::{JournalError, WholeJournal};
use cordon_model::clock::Timestamp;
use cordon_model::entry::EntryKind;
use cordon_model::event::{Event, EventType};
use cordon_model::ids::AccountId;
use cordon_model::ids::Offset;
use cordon_model::json::Json;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

/// Marks an entry that is worth reading as JSON at all.
const SIGN_UP: &[u8] = b"account.created";

/// When accounts signed up, from the journal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arrivals {
    /// Sign-ups by account, by the events' own time.
    pub signed_up: BTreeMap<AccountId, Timestamp>,
    /// When the events at the offsets asked for happened, by the events' own time.
    pub happened: BTreeMap<Offset, Timestamp>,
    /// Events in the journal, reports among them.
    pub events: u64,
    /// Control entries in the journal.
    pub controls: u64,
    /// When the first and the last event arrived.
    pub span: Option<(Timestamp, Timestamp)>,
}

impl Arrivals {
    /// Reads the journal through, and notes when the events at `offsets` happened.
    ///
    /// Errors: those of the journal.
    pub fn read(journal: &WholeJournal, offsets: &BTreeSet<Offset>) -> Result<Self, JournalError> {
        let mut arrivals = Self::default();
        let sign_up = memchr::memmem::Finder::new(SIGN_UP);
        journal.scan(journal.entries(), |entry| {
            match entry.kind {
                EntryKind::Control => arrivals.controls += 1,
                EntryKind::Event => {
                    arrivals.events += 1;
                    let (first, _) = arrivals.span.unwrap_or((entry.received_at, entry.received_at));
                    arrivals.span = Some((first, entry.received_at));
                    if offsets.contains(&entry.offset) {
                        let event = Event::read(entry.payload, entry.received_at);
                        arrivals.happened.extend(event.ok().map(|event| (entry.offset, event.time)));
                    }
                    if sign_up.find(entry.payload).is_some() {
                        arrivals.note(entry.payload, entry.received_at);
                    }
                }
            }
            Ok::<_, JournalError>(ControlFlow::Continue(()))
        })?;
        Ok(arrivals)
    }

    fn note(&mut self, payload: &[u8], received_at: Timestamp) {
        let Ok(event) = Event::read(payload, received_at) else { return };
        let account = event.body.path(&["account", "id"]).and_then(Json::as_str);
        if let (EventType::AccountCreated, Some(id)) = (event.kind, account) {
            self.signed_up.entry(AccountId::from(id)).or_insert(event.time);
        }
    }
}
