//! Entities and the accounts that used them.

use super::{AccountNumber, EntityNumber, Hashed, Slots};
use cordon_model::account::Standing;
use cordon_model::ids::Offset;
use cordon_model::limits;
use serde::{Deserialize, Serialize};

/// What is known of an entity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entity {
    /// Its keyed hash.
    pub hash: u64,
    /// The newest entry that names it: where its value can be read.
    pub witness: Offset,
    /// Accounts linked to it, also where their postings are no longer kept.
    pub accounts: u32,
    /// How many of them stand suspended.
    pub suspended: u16,
    /// How many of them reviewers looked at and cleared.
    pub cleared: u16,
    /// Its type's number in the settings.
    pub kind: u8,
    /// Whether it once had more accounts than postings are kept for.
    pub is_common: bool,
}

impl Hashed for Entity {
    fn hash(&self) -> u64 {
        self.hash
    }
}

impl Entity {
    fn count(&mut self, standing: Standing, change: i16) {
        match standing {
            Standing::Suspended => self.suspended = self.suspended.saturating_add_signed(change),
            Standing::Cleared => self.cleared = self.cleared.saturating_add_signed(change),
            Standing::Unjudged | Standing::Violating => {}
        }
    }
}

/// The accounts of one entity. Most entities have one account and need no list.
#[derive(Clone, Debug, Default)]
enum Postings {
    #[default]
    None,
    One([u32; 1]),
    Many(Vec<u32>),
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Entities {
    /// An entity's number is free once its last link has gone.
    facts: Slots<Entity>,
    postings: Vec<Postings>,
}

impl Entities {
    pub(crate) fn find(&self, kind: u8, hash: u64) -> Option<EntityNumber> {
        self.facts.find(hash, |entity| entity.kind == kind).map(EntityNumber)
    }

    /// The entity of that type and hash, seen in the entry at `witness`; a new one where there is none.
    pub(crate) fn number_of(&mut self, kind: u8, hash: u64, witness: Offset) -> EntityNumber {
        if let Some(number) = self.find(kind, hash) {
            if let Some(entity) = self.facts.get_mut(number.0) {
                entity.witness = witness;
            }
            return number;
        }
        let number = self.facts.add(Entity { hash, witness, kind, ..Entity::default() });
        if self.postings.len() < self.facts.numbers() {
            self.postings.push(Postings::None);
        }
        EntityNumber(number)
    }

    pub(crate) fn facts(&self, entity: EntityNumber) -> Entity {
        self.facts.get(entity.0).copied().unwrap_or_default()
    }

    pub(crate) fn postings(&self, entity: EntityNumber) -> &[u32] {
        match self.postings.get(entity.0 as usize) {
            Some(Postings::One(one)) => one,
            Some(Postings::Many(many)) => many,
            _ => &[],
        }
    }

    /// A new account uses the entity.
    pub(crate) fn join(&mut self, entity: EntityNumber, account: AccountNumber, standing: Standing) {
        let postings = self.postings.get_mut(entity.0 as usize);
        let (Some(facts), Some(postings)) = (self.facts.get_mut(entity.0), postings) else { return };
        facts.accounts += 1;
        facts.count(standing, 1);
        if facts.accounts as usize > limits::ENTITY_ACCOUNTS_MAX {
            facts.is_common = true;
            *postings = Postings::None;
        }
        if facts.is_common {
            return;
        }
        match postings {
            Postings::None => *postings = Postings::One([account.0]),
            Postings::One([first]) => *postings = Postings::Many(vec![*first, account.0]),
            Postings::Many(many) => {
                if many.len() == many.capacity() {
                    many.reserve_exact(many.len() / 2 + 2);
                }
                many.push(account.0);
            }
        }
    }

    /// An account's link to the entity has gone; with the last one the entity goes.
    pub(crate) fn leave(&mut self, entity: EntityNumber, account: AccountNumber, standing: Standing) {
        let postings = self.postings.get_mut(entity.0 as usize);
        let (Some(facts), Some(postings)) = (self.facts.get_mut(entity.0), postings) else { return };
        facts.accounts = facts.accounts.saturating_sub(1);
        facts.count(standing, -1);
        match postings {
            Postings::Many(many) => many.retain(|other| *other != account.0),
            Postings::One([only]) if *only == account.0 => *postings = Postings::None,
            _ => {}
        }
        if facts.accounts == 0 {
            *postings = Postings::None;
            self.facts.release(entity.0);
        }
    }

    /// One of the entity's accounts stands otherwise than before.
    pub(crate) fn restand(&mut self, entity: EntityNumber, before: Standing, after: Standing) {
        if let Some(facts) = self.facts.get_mut(entity.0) {
            facts.count(before, -1);
            facts.count(after, 1);
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.facts.len()
    }

    /// Bytes in use: (facts and dictionary, postings), without allocator overhead.
    pub(crate) fn bytes(&self) -> (usize, usize) {
        let lists: usize = self
            .postings
            .iter()
            .map(|postings| match postings {
                Postings::Many(many) => many.capacity() * size_of::<u32>(),
                _ => 0,
            })
            .sum();
        (self.facts.bytes(), lists + self.postings.capacity() * size_of::<Postings>())
    }

    /// All that [`Entities::restore`] needs, in order.
    pub(crate) fn dump(&self) -> (&[Entity], Vec<u32>, Vec<u32>, &[u32]) {
        let numbers = || (0..self.facts.numbers() as u32).map(EntityNumber);
        let lengths = numbers().map(|entity| self.postings(entity).len() as u32).collect();
        let accounts = numbers().flat_map(|entity| self.postings(entity).iter().copied()).collect();
        (self.facts.facts(), lengths, accounts, self.facts.free())
    }

    /// What [`Entities::dump`] wrote.
    pub(crate) fn restore(facts: Vec<Entity>, lengths: &[u32], accounts: &[u32], free: Vec<u32>) -> Self {
        let mut all = accounts.iter().copied();
        let postings = lengths
            .iter()
            .map(|length| match length {
                0 => Postings::None,
                1 => all.next().map_or(Postings::None, |one| Postings::One([one])),
                many => Postings::Many(all.by_ref().take(*many as usize).collect()),
            })
            .collect();
        Self { facts: Slots::restore(facts, free), postings }
    }
}
