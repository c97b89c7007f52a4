//! What history knows of an entry beside its payload: whose it is, what it is, when it happened.

use cordon_detect::extract::actor_of;
use cordon_detect::settings::LinkSettings;
use cordon_journal::{Facts, TOMBSTONE};
use cordon_model::entry::{Entry, EntryKind};
use cordon_model::event::Event;
use cordon_model::ids::AccountId;
use cordon_model::json::Json;

/// Reads them out of an entry. An event belongs to the account that acts in it; a report or an imported decision,
/// in which nobody acts, to the account that it is about.
pub(crate) fn facts_of(settings: &LinkSettings, entry: &Entry) -> Facts {
    let without_account = || Facts { time: entry.received_at, ..Facts::default() };
    if entry.kind != EntryKind::Event || entry.payload == TOMBSTONE {
        return without_account();
    }
    let Ok(event) = Event::read(&entry.payload, entry.received_at) else { return without_account() };
    let subject =
        || ["report", "decision"].iter().find_map(|name| event.body.path(&[name, "account_id"])?.as_str());
    let event_type = event.body.get("type").and_then(Json::as_str).unwrap_or_default();
    Facts {
        account_id: actor_of(settings, &event).or_else(subject).map(AccountId::from),
        event_type: event_type.to_owned(),
        time: event.time,
    }
}
