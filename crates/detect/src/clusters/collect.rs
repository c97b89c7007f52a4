//! Collecting acts out of events, in one pass and bounded memory.

use super::acts::{Act, Acts};
use crate::extract::{ActObject, act_kinds, each_act};
use crate::fingerprints::NearTexts;
use crate::links::AccountNumber;
use crate::settings::LinkSettings;
use cordon_model::event::Event;
use cordon_model::hashing::HashKey;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Acts, event by event. Holds hashes, account numbers and seconds alone, and for texts the table of those that others
/// may turn out to repeat.
#[derive(Debug)]
pub struct ActCollector {
    settings: Arc<LinkSettings>,
    key: HashKey,
    kinds: Vec<u8>,
    texts: BTreeMap<u8, NearTexts>,
    acts: Acts,
}

impl ActCollector {
    /// Nothing collected yet.
    pub fn new(settings: Arc<LinkSettings>, key: HashKey) -> Self {
        let kinds = act_kinds(&settings);
        Self { settings, key, kinds, texts: BTreeMap::new(), acts: Acts::default() }
    }

    /// Takes in what `account` did in this event.
    pub fn take(&mut self, account: AccountNumber, event: &Event<'_>) {
        let Self { settings, key, kinds, texts, acts } = self;
        let at = u32::try_from(event.time.seconds()).unwrap_or(0);
        each_act(settings, key, event, kinds, &mut |kind, object| {
            let object = match object {
                ActObject::Thing(hash) => hash,
                ActObject::Text(sketch) => {
                    texts.entry(kind).or_default().founder_of(account.0, &sketch, event.time.day())
                }
            };
            acts.push(kind, Act { object, at, account: account.0 });
        });
    }

    /// What was collected.
    pub fn finish(self) -> Acts {
        self.acts
    }
}
