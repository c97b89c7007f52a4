//! The link index: which account used which entity, from when to when, how often; both ways.
//!
//! Accounts and entities are numbers; a dictionary maps keyed hashes to them. An account's links stand in one
//! list sorted by entity, an entity's accounts in one list in order of arrival: enough for updates in
//! microseconds and for queries that touch nothing but what the seeds touched. Both lists are kept as bytes and read
//! by iterators; both directions together take about ten bytes a link.

mod accounts;
mod blocks;
mod chunked;
mod dictionary;
mod entities;
mod list;
mod lists;
mod lowest;
mod postings;
mod sequence;
mod slots;

pub use accounts::{Account, Link};
pub use entities::Entity;
pub use list::Links;
pub use postings::Postings;

pub(crate) use accounts::{Accounts, ListDump};
pub(crate) use blocks::Moved;
use dictionary::Dictionary;
pub(crate) use entities::Entities;
pub(crate) use lists::{Lists, Placed, Used};
pub(crate) use sequence::sequence;
pub(crate) use slots::{Hashed, Slots};

use cordon_model::account::Standing;
use cordon_model::clock::Day;
use cordon_model::ids::Offset;
use cordon_model::limits;

/// Number of an account in the index; stable for the life of a data folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountNumber(pub u32);

/// Number of an entity in the index; reused after its last link has gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntityNumber(pub u32);

/// When a link was drawn, and by which entry.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sighting {
    /// Day of the event's own time.
    pub(crate) day: Day,
    /// Day of arrival.
    pub(crate) received: Day,
    /// The entry.
    pub(crate) offset: Offset,
}

/// Links both ways, with the dictionaries.
#[derive(Clone, Debug, Default)]
pub struct LinkIndex {
    pub(crate) accounts: Accounts,
    pub(crate) entities: Entities,
}

/// What one link drawn turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Drawn {
    pub(crate) entity: EntityNumber,
    pub(crate) is_new: bool,
}

impl LinkIndex {
    /// Links `account` to the entity (`kind`, `hash`), or counts one more use of it.
    pub(crate) fn draw(&mut self, account: AccountNumber, kind: u8, hash: u64, seen: Sighting) -> Drawn {
        let entity = self.entities.number_of(kind, hash, seen.offset);
        let is_new = self.accounts.link(account, entity, seen);
        if is_new {
            self.entities.join(entity, account, self.accounts.standing(account));
            self.shed(account);
        }
        Drawn { entity, is_new }
    }

    /// Looks up what an event names before its links are drawn: memory answers several questions at once, while one
    /// link drawn after the other waits for each.
    pub(crate) fn foresee(&self, entities: &[(u8, u64)]) {
        let known = entities.iter().filter(|(kind, hash)| self.entities.find(*kind, *hash).is_some());
        std::hint::black_box(known.count());
    }

    /// Drops the links that an account has beyond its bound, least recently used first.
    fn shed(&mut self, account: AccountNumber) {
        while self.accounts.links(account).len() > limits::ACCOUNT_LINKS_MAX {
            let Some(oldest) = self.accounts.least_recent(account) else { return };
            self.cut(account, oldest);
        }
    }

    /// Takes one link away, both ways.
    pub(crate) fn cut(&mut self, account: AccountNumber, entity: EntityNumber) {
        if self.accounts.unlink(account, entity) {
            self.entities.leave(entity, account, self.accounts.standing(account));
        }
    }

    /// Takes away all links of an account.
    pub(crate) fn cut_all(&mut self, account: AccountNumber) {
        let linked: Vec<EntityNumber> = self.accounts.links(account).entities().collect();
        for entity in linked {
            self.cut(account, entity);
        }
    }

    /// Notes how an account stands, and tells its entities.
    pub(crate) fn set_standing(&mut self, account: AccountNumber, standing: Standing) {
        let before = self.accounts.standing(account);
        self.accounts.set_standing(account, standing);
        for entity in self.accounts.links(account).entities() {
            self.entities.restand(entity, before, standing);
        }
    }

    /// Drops every link for which `is_kept` says no, given the entity, the link and how the account stands.
    pub(crate) fn expire(&mut self, is_kept: &dyn Fn(&Entity, &Link, Standing) -> bool) {
        for account in self.accounts.numbers() {
            let standing = self.accounts.standing(account);
            let gone: Vec<EntityNumber> = self
                .accounts
                .links(account)
                .filter(|link| !is_kept(&self.entities.facts(link.entity), link, standing))
                .map(|link| link.entity)
                .collect();
            for entity in gone {
                self.cut(account, entity);
            }
        }
    }

    /// The account of that keyed hash.
    pub fn account(&self, hash: u64) -> Option<AccountNumber> {
        self.accounts.find(hash)
    }

    /// What is known of an account besides its links.
    #[inline]
    pub fn account_facts(&self, account: AccountNumber) -> Account {
        self.accounts.facts(account)
    }

    /// The entity of that type and keyed hash.
    pub fn find_entity(&self, kind: u8, hash: u64) -> Option<EntityNumber> {
        self.entities.find(kind, hash)
    }

    /// An account's links, sorted by entity.
    #[inline]
    pub fn links(&self, account: AccountNumber) -> Links<'_> {
        self.accounts.links(account)
    }

    /// An account's link to one entity.
    pub fn link(&self, account: AccountNumber, entity: EntityNumber) -> Option<Link> {
        self.accounts.link_to(account, entity)
    }

    /// The accounts linked to an entity, in order of arrival; none beyond [`limits::ENTITY_ACCOUNTS_MAX`].
    #[inline]
    pub fn postings(&self, entity: EntityNumber) -> Postings<'_> {
        self.entities.postings(entity)
    }

    /// An entity's type: its number in the settings.
    #[inline]
    pub fn kind(&self, entity: EntityNumber) -> u8 {
        self.entities.kind(entity)
    }

    /// What is known of an entity.
    pub fn entity(&self, entity: EntityNumber) -> Entity {
        self.entities.facts(entity)
    }

    /// All accounts, in order of first arrival.
    pub fn accounts(&self) -> impl Iterator<Item = AccountNumber> + use<> {
        self.accounts.numbers()
    }

    /// The first `count` accounts in order of keyed hash that `is_eligible` accepts.
    pub(crate) fn lowest(
        &self,
        count: usize,
        is_eligible: impl Fn(AccountNumber, &Account) -> bool,
    ) -> Vec<AccountNumber> {
        self.accounts.lowest(count, is_eligible)
    }

    /// How many accounts there are, gone ones included.
    pub fn account_count(&self) -> usize {
        self.accounts.len()
    }

    /// How many links there are.
    pub fn link_count(&self) -> usize {
        self.accounts.link_count()
    }

    /// How many entities there are.
    pub fn entity_count(&self) -> usize {
        self.entities.len()
    }
}

#[cfg(test)]
mod tests;
