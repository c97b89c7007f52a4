//! Values behind keyed hashes, read back from the journal entry that last named them.

use cordon_detect::extract::{self, readable_entities, readable_terms};
use cordon_detect::links::{Account, Entity};
use cordon_detect::profiles::TermFacts;
use cordon_detect::settings::{LinkKind, LinkSettings};
use cordon_detect::similar::Names;
use cordon_journal::WholeJournal;
use cordon_model::clock::Timestamp;
use cordon_model::entry::EntryKind;
use cordon_model::event::Event;
use cordon_model::hashing::HashKey;
use cordon_model::ids::Offset;
use cordon_model::json::Json;

/// Reads values back from a journal.
#[derive(Clone, Debug)]
pub struct JournalNames<'a> {
    /// Where the entries stand.
    pub journal: &'a WholeJournal,
    /// Under which settings values were hashed.
    pub settings: &'a LinkSettings,
    /// With which key.
    pub key: &'a HashKey,
}

impl JournalNames<'_> {
    /// Shows the event at `witness`; `None` where it is gone or is no event.
    fn event_at<T>(&self, witness: Offset, read: impl FnOnce(&Event<'_>) -> Option<T>) -> Option<T> {
        let entry = self.journal.entry_at(witness).ok()??;
        if entry.kind != EntryKind::Event {
            return None;
        }
        read(&Event::read(&entry.payload, entry.received_at).ok()?)
    }
}

impl JournalNames<'_> {
    /// When the event happened by which an account was first heard of; `None` where it is gone, or not the account's.
    pub(crate) fn began_at(&self, facts: &Account) -> Option<Timestamp> {
        self.event_at(facts.witness, |event| {
            let actor = extract::actor_of(self.settings, event)?;
            (extract::account_hash(self.key, actor) == facts.hash).then_some(event.time)
        })
    }
}

impl Names for JournalNames<'_> {
    fn account(&self, facts: &Account) -> Option<String> {
        self.event_at(facts.witness, |event| {
            let actor = extract::actor_of(self.settings, event);
            let judged = event.body.path(&["decision", "account_id"]).and_then(Json::as_str);
            let named = actor.into_iter().chain(judged);
            named.map(str::to_owned).find(|id| extract::account_hash(self.key, id) == facts.hash)
        })
    }

    fn entity(&self, facts: &Entity) -> Option<String> {
        let kind = self.settings.link(facts.kind)?;
        self.event_at(facts.witness, |event| {
            if kind.kind == LinkKind::NearText {
                let names: Vec<&str> = kind.path.0.iter().map(String::as_str).collect();
                return event.body.path(&names).and_then(Json::as_str).map(str::to_owned);
            }
            if kind.kind == LinkKind::NearMedia {
                return extract::pictures(&event.body, &kind.path).into_iter().next();
            }
            let mut value = None;
            readable_entities(self.settings, self.key, event, facts.kind, &mut |hash, text| {
                if hash == facts.hash {
                    value = Some(text.to_owned());
                }
            });
            value
        })
    }

    fn term(&self, store: u8, facts: &TermFacts) -> Option<String> {
        self.event_at(facts.witness, |event| {
            let mut value = None;
            readable_terms(self.settings, self.key, event, store, &mut |hash, text| {
                if hash == facts.hash {
                    value = Some(text.to_owned());
                }
            });
            value
        })
    }
}
