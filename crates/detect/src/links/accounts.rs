//! Accounts and their links.

use super::{AccountNumber, EntityNumber, Hashed, Sighting, Slots};
use cordon_model::account::Standing;
use cordon_model::clock::Day;
use cordon_model::ids::Offset;
use serde::{Deserialize, Serialize};

/// The fact that an account used an entity. Twelve bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// What it used.
    pub entity: EntityNumber,
    /// Day of the first use, by the events' own time.
    pub first: Day,
    /// Day of the last use, by the events' own time.
    pub last: Day,
    /// Day on which the last use arrived: what `keep` counts from.
    pub received: Day,
    /// Uses, saturating.
    pub count: u16,
}

/// What is known of an account besides its links.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Its keyed hash.
    pub hash: u64,
    /// An entry that names it: where its id can be read.
    pub witness: Offset,
    /// Day of its first event, by the event's own time.
    pub first: Day,
    /// Day on which its last event arrived.
    pub received: Day,
    /// Followers as last told; `u32::MAX` where nobody has.
    pub followers: u32,
    /// Events seen from it, saturating.
    pub events: u32,
    /// Follows seen from it, saturating.
    pub follows: u16,
    /// How it stands, by the newest decision.
    pub standing: Standing,
    /// Whether it was deleted or erased: it is nobody's candidate.
    pub is_gone: bool,
}

impl Account {
    /// A deleted or erased account acts again: it is somebody's candidate once more, and its id is read from here.
    pub(crate) fn come_back(&mut self, seen: Sighting) {
        self.is_gone = false;
        self.witness = seen.offset;
    }
}

impl Hashed for Account {
    fn hash(&self) -> u64 {
        self.hash
    }
}

/// Facts, list lengths, each link's days and count, each link's entity.
pub(crate) type AccountsDump<'a> = (&'a [Account], Vec<u32>, Vec<[u16; 4]>, Vec<u32>);

#[derive(Clone, Debug, Default)]
pub(crate) struct Accounts {
    facts: Slots<Account>,
    links: Vec<Vec<Link>>,
}

impl Accounts {
    pub(crate) fn find(&self, hash: u64) -> Option<AccountNumber> {
        self.facts.find(hash, |_| true).map(AccountNumber)
    }

    /// The account of that hash; a new one where there is none.
    pub(crate) fn number_of(&mut self, hash: u64, seen: Sighting) -> AccountNumber {
        if let Some(number) = self.find(hash) {
            return number;
        }
        let (first, received, witness) = (seen.day, seen.received, seen.offset);
        let account = Account { hash, witness, first, received, followers: u32::MAX, ..Account::default() };
        self.links.push(Vec::new());
        AccountNumber(self.facts.add(account))
    }

    pub(crate) fn facts(&self, account: AccountNumber) -> Account {
        self.facts.get(account.0).copied().unwrap_or_default()
    }

    pub(crate) fn facts_mut(&mut self, account: AccountNumber) -> Option<&mut Account> {
        self.facts.get_mut(account.0)
    }

    pub(crate) fn standing(&self, account: AccountNumber) -> Standing {
        self.facts.get(account.0).map_or(Standing::Unjudged, |facts| facts.standing)
    }

    pub(crate) fn set_standing(&mut self, account: AccountNumber, standing: Standing) {
        if let Some(facts) = self.facts_mut(account) {
            facts.standing = standing;
        }
    }

    pub(crate) fn links(&self, account: AccountNumber) -> &[Link] {
        self.links.get(account.0 as usize).map_or(&[], Vec::as_slice)
    }

    /// Adds or renews a link; says whether it is new.
    pub(crate) fn link(&mut self, account: AccountNumber, entity: EntityNumber, seen: Sighting) -> bool {
        let Some(links) = self.links.get_mut(account.0 as usize) else { return false };
        match links.binary_search_by_key(&entity, |link| link.entity) {
            Ok(place) => {
                if let Some(link) = links.get_mut(place) {
                    link.first = link.first.min(seen.day);
                    link.last = link.last.max(seen.day);
                    link.received = seen.received;
                    link.count = link.count.saturating_add(1);
                }
                false
            }
            Err(place) => {
                if links.len() == links.capacity() {
                    // Half again rather than double: lists are many and long-lived.
                    links.reserve_exact(links.len() / 2 + 4);
                }
                let (first, received) = (seen.day, seen.received);
                links.insert(place, Link { entity, first, last: first, received, count: 1 });
                true
            }
        }
    }

    pub(crate) fn unlink(&mut self, account: AccountNumber, entity: EntityNumber) -> bool {
        let Some(links) = self.links.get_mut(account.0 as usize) else { return false };
        let place = links.binary_search_by_key(&entity, |link| link.entity);
        place.is_ok_and(|place| {
            links.remove(place);
            true
        })
    }

    /// The entity that the account has not used for longest; of several the least used, then the first.
    pub(crate) fn least_recent(&self, account: AccountNumber) -> Option<EntityNumber> {
        let links = self.links(account);
        links.iter().min_by_key(|link| (link.received, link.count, link.entity)).map(|link| link.entity)
    }

    pub(crate) fn numbers(&self) -> impl Iterator<Item = AccountNumber> + use<> {
        (0..self.facts.len() as u32).map(AccountNumber)
    }

    pub(crate) fn len(&self) -> usize {
        self.facts.len()
    }

    pub(crate) fn link_count(&self) -> usize {
        self.links.iter().map(Vec::len).sum()
    }

    /// Bytes in use: (facts and dictionary, links), without allocator overhead.
    pub(crate) fn bytes(&self) -> (usize, usize) {
        let lists: usize = self.links.iter().map(|links| links.capacity() * size_of::<Link>()).sum();
        (self.facts.bytes(), lists + self.links.capacity() * size_of::<Vec<Link>>())
    }

    /// All that [`Accounts::restore`] needs, in order.
    pub(crate) fn dump(&self) -> AccountsDump<'_> {
        let lengths = self.links.iter().map(|links| links.len() as u32).collect();
        let all = || self.links.iter().flatten();
        let days = all().map(|link| [link.first.0, link.last.0, link.received.0, link.count]).collect();
        (self.facts.facts(), lengths, days, all().map(|link| link.entity.0).collect())
    }

    /// What [`Accounts::dump`] wrote.
    pub(crate) fn restore(facts: Vec<Account>, lengths: &[u32], days: &[[u16; 4]], entities: &[u32]) -> Self {
        let mut all = entities.iter().zip(days).map(|(entity, &[first, last, received, count])| Link {
            entity: EntityNumber(*entity),
            first: Day(first),
            last: Day(last),
            received: Day(received),
            count,
        });
        let links = lengths.iter().map(|length| all.by_ref().take(*length as usize).collect()).collect();
        // Accounts keep their numbers for ever: none is free.
        Self { facts: Slots::restore(facts, Vec::new()), links }
    }
}
