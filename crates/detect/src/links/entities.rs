//! Entities and the accounts that used them.

use super::blocks::{Handle, Moved};
use super::lists::{Lists, Placed, Used};
use super::sequence::sequence;
use super::{AccountNumber, EntityNumber, Hashed, Postings, Slots};
use cordon_model::account::Standing;
use cordon_model::ids::Offset;
use cordon_model::limits;
use hashbrown::HashTable;
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

/// What every entity costs: nineteen bytes. How its accounts stand is kept aside for the few of which that is known.
#[derive(Clone, Copy, Debug, Default)]
struct Row {
    hash: [u8; 8],
    /// The witness, and above it the flags.
    witness: [u8; 6],
    kind: u8,
    /// The only account, or where the list of several stands.
    accounts: [u8; 4],
}

/// Bits of a witness: 17 million million entries.
const WITNESS_BITS: u32 = 44;
const WITNESS_MAX: u64 = (1 << WITNESS_BITS) - 1;
/// One account, in the row itself.
const IS_ALONE: u64 = 1 << WITNESS_BITS;
/// Several accounts, in a list.
const IS_LIST: u64 = 2 << WITNESS_BITS;
/// Some of its accounts are known to stand suspended or cleared.
const IS_JUDGED: u64 = 4 << WITNESS_BITS;

impl Row {
    fn new(hash: u64, kind: u8, witness: Offset) -> Self {
        let mut row = Self { hash: hash.to_le_bytes(), kind, ..Self::default() };
        row.set_witness(witness);
        row
    }

    fn word(&self) -> u64 {
        let [a, b, c, d, e, f] = self.witness;
        u64::from_le_bytes([a, b, c, d, e, f, 0, 0])
    }

    fn set_word(&mut self, word: u64) {
        let [a, b, c, d, e, f, _, _] = word.to_le_bytes();
        self.witness = [a, b, c, d, e, f];
    }

    fn set_flag(&mut self, flag: u64, is_set: bool) {
        self.set_word(self.word() & !flag | if is_set { flag } else { 0 });
    }

    fn witness(&self) -> Offset {
        Offset(self.word() & WITNESS_MAX)
    }

    /// A witness beyond all bounds reads as "before the first": no entry names the entity.
    fn set_witness(&mut self, witness: Offset) {
        let witness = if witness.0 <= WITNESS_MAX { witness.0 } else { 0 };
        self.set_word(self.word() & !WITNESS_MAX | witness);
    }

    fn used(&self) -> Used {
        let number = u32::from_le_bytes(self.accounts);
        match self.word() {
            word if word & IS_LIST != 0 => Used::ByList(Handle(number)),
            word if word & IS_ALONE != 0 => Used::By(number),
            _ => Used::ByNone,
        }
    }

    fn set_used(&mut self, used: Used) {
        let (number, is_alone, is_list) = match used {
            Used::ByNone => (0, false, false),
            Used::By(account) => (account, true, false),
            Used::ByList(handle) => (handle.0, false, true),
        };
        self.accounts = number.to_le_bytes();
        self.set_flag(IS_ALONE, is_alone);
        self.set_flag(IS_LIST, is_list);
    }
}

impl Hashed for Row {
    fn hash(&self) -> u64 {
        u64::from_le_bytes(self.hash)
    }
}

/// How many of an entity's accounts stand suspended and cleared.
#[derive(Clone, Copy, Debug, Default)]
struct Judged {
    entity: u32,
    suspended: u16,
    cleared: u16,
}

impl Judged {
    fn count(&mut self, standing: Standing, change: i16) {
        match standing {
            Standing::Suspended => self.suspended = self.suspended.saturating_add_signed(change),
            Standing::Cleared => self.cleared = self.cleared.saturating_add_signed(change),
            Standing::Unjudged | Standing::Violating => {}
        }
    }

    fn is_none(&self) -> bool {
        (self.suspended, self.cleared) == (0, 0)
    }
}

fn spread(entity: u32) -> u64 {
    u64::from(entity).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

#[derive(Clone, Debug)]
pub(crate) struct Entities {
    /// An entity's number is free once its last link has gone.
    rows: Slots<Row>,
    lists: Lists,
    judged: HashTable<Judged>,
}

impl Default for Entities {
    fn default() -> Self {
        let lists = Lists::new(limits::ENTITY_ACCOUNTS_MAX);
        Self { rows: Slots::default(), lists, judged: HashTable::default() }
    }
}

impl Entities {
    pub(crate) fn find(&self, kind: u8, hash: u64) -> Option<EntityNumber> {
        self.rows.find(hash, |row| row.kind == kind).map(EntityNumber)
    }

    /// The entity of that type and hash, seen in the entry at `witness`; a new one where there is none.
    pub(crate) fn number_of(&mut self, kind: u8, hash: u64, witness: Offset) -> EntityNumber {
        if let Some(number) = self.find(kind, hash) {
            if let Some(row) = self.rows.get_mut(number.0) {
                row.set_witness(witness);
            }
            return number;
        }
        EntityNumber(self.rows.add(Row::new(hash, kind, witness)))
    }

    pub(crate) fn facts(&self, entity: EntityNumber) -> Entity {
        let row = self.row(entity.0);
        let (accounts, is_common) = self.lists.count(row.used());
        let Judged { suspended, cleared, .. } = self.judged(entity.0, &row);
        let (hash, witness, kind) = (row.hash(), row.witness(), row.kind);
        Entity { hash, witness, accounts, suspended, cleared, kind, is_common }
    }

    /// An entity's type.
    pub(crate) fn kind(&self, entity: EntityNumber) -> u8 {
        self.row(entity.0).kind
    }

    fn row(&self, entity: u32) -> Row {
        self.rows.get(entity).copied().unwrap_or_default()
    }

    fn judged(&self, entity: u32, row: &Row) -> Judged {
        let is_judged = row.word() & IS_JUDGED != 0;
        let found = is_judged.then(|| self.judged.find(spread(entity), |judged| judged.entity == entity));
        found.flatten().copied().unwrap_or(Judged { entity, ..Judged::default() })
    }

    /// Notes how an entity's accounts stand.
    fn judge(&mut self, judged: Judged) {
        let entity = judged.entity;
        if let Some(row) = self.rows.get_mut(entity) {
            row.set_flag(IS_JUDGED, !judged.is_none());
        }
        let found =
            self.judged.entry(spread(entity), |known| known.entity == entity, |known| spread(known.entity));
        match found {
            hashbrown::hash_table::Entry::Occupied(known) if judged.is_none() => {
                known.remove();
            }
            hashbrown::hash_table::Entry::Occupied(mut known) => *known.get_mut() = judged,
            hashbrown::hash_table::Entry::Vacant(_) if judged.is_none() => {}
            hashbrown::hash_table::Entry::Vacant(vacant) => {
                vacant.insert(judged);
            }
        }
    }

    fn count(&mut self, entity: EntityNumber, changes: &[(Standing, i16)]) {
        let is_judging = |standing| matches!(standing, Standing::Suspended | Standing::Cleared);
        if !changes.iter().any(|(standing, _)| is_judging(*standing)) {
            return;
        }
        let mut judged = self.judged(entity.0, &self.row(entity.0));
        changes.iter().for_each(|(standing, change)| judged.count(*standing, *change));
        self.judge(judged);
    }

    pub(crate) fn postings(&self, entity: EntityNumber) -> Postings<'_> {
        self.lists.postings(self.row(entity.0).used())
    }

    /// A new account uses the entity.
    pub(crate) fn join(&mut self, entity: EntityNumber, account: AccountNumber, standing: Standing) {
        let before = self.row(entity.0).used();
        let placed = self.lists.join(entity.0, before, account.0);
        self.place(entity.0, before, placed);
        self.count(entity, &[(standing, 1)]);
    }

    fn place(&mut self, entity: u32, before: Used, Placed { used, moved }: Placed) {
        if let Some(Moved { owner, handle }) = moved {
            self.set_used(owner, Used::ByList(handle));
        }
        if used != before {
            self.set_used(entity, used);
        }
    }

    fn set_used(&mut self, entity: u32, used: Used) {
        if let Some(row) = self.rows.get_mut(entity) {
            row.set_used(used);
        }
    }

    /// An account's link to the entity has gone; with the last one the entity goes.
    pub(crate) fn leave(&mut self, entity: EntityNumber, account: AccountNumber, standing: Standing) {
        self.count(entity, &[(standing, -1)]);
        let before = self.row(entity.0).used();
        let placed = self.lists.leave(entity.0, before, account.0);
        let is_last = placed.used == Used::ByNone && before != Used::ByNone;
        self.place(entity.0, before, placed);
        if is_last {
            self.release(entity.0);
        }
    }

    fn release(&mut self, entity: u32) {
        self.judge(Judged { entity, ..Judged::default() });
        self.rows.release(entity);
    }

    /// One of the entity's accounts stands otherwise than before.
    pub(crate) fn restand(&mut self, entity: EntityNumber, before: Standing, after: Standing) {
        if before != after {
            self.count(entity, &[(before, -1), (after, 1)]);
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Bytes in use: (facts and dictionary, postings), without allocator overhead.
    pub(crate) fn bytes(&self) -> (usize, usize) {
        let in_rows = self.rows.numbers() * size_of::<u32>();
        let judged = self.judged.allocation_size();
        (self.rows.bytes() + judged - in_rows, in_rows + self.lists.used_bytes())
    }

    /// All that [`Entities::restore`] needs, in order.
    pub(crate) fn dump(&self) -> impl Serialize {
        let numbers = || (0..self.rows.numbers() as u32).map(EntityNumber);
        let postings = move || numbers().map(|entity| self.postings(entity));
        (
            sequence(self.rows.numbers(), numbers().map(|entity| self.facts(entity))),
            sequence(postings().map(|accounts| accounts.len()).sum(), postings().flatten()),
            self.rows.free(),
        )
    }

    /// What [`Entities::dump`] wrote; `None` where it cannot have been that.
    pub(crate) fn restore(facts: Vec<Entity>, accounts: &[u32], free: Vec<u32>) -> Option<Self> {
        let mut restored = Self::default();
        let rows = facts.iter().map(|facts| Row::new(facts.hash, facts.kind, facts.witness));
        restored.rows = Slots::restore(rows, free);
        let mut left = accounts;
        for (entity, facts) in (0..).zip(&facts) {
            let kept = if facts.is_common { 0 } else { facts.accounts as usize };
            let (own, others) = left.split_at_checked(kept)?;
            left = others;
            restored.use_by(entity, facts, own);
            let Entity { suspended, cleared, .. } = *facts;
            if (suspended, cleared) != (0, 0) {
                restored.judge(Judged { entity, suspended, cleared });
            }
        }
        left.is_empty().then_some(restored)
    }

    fn use_by(&mut self, entity: u32, facts: &Entity, accounts: &[u32]) {
        let used = match accounts {
            [] if !facts.is_common => Used::ByNone,
            [only] => Used::By(*only),
            _ => Used::ByList(self.lists.add(entity, facts.accounts, accounts)),
        };
        self.set_used(entity, used);
    }
}
