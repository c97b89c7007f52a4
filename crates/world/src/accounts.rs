//! What a run changes: which accounts exist, which are suspended, who came back.

use crate::content::Vocabulary;
use crate::emit::Moment;
use crate::identity::{AccountIds, Identity, Key, Networks};
use crate::population::{HolderId, Persona, Population};

/// Never: the value of instants that have not come.
pub(crate) const NEVER: u32 = u32::MAX;
const SECONDS_PER_DAY: u32 = 86_400;

/// All that is remembered of one account. Instants are seconds since the world's start.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Account {
    pub(crate) persona: Persona,
    pub(crate) arrives_at: u32,
    pub(crate) suspended_at: u32,
    /// When the last suspension was taken back; 0 for most.
    pub(crate) restored_at: u32,
    pub(crate) deleted_at: u32,
    /// Index of the newest account of the same holder; kept up to date in the holder's first account only.
    newest: u32,
    /// How many of its follow slots are used up.
    pub(crate) follows: u16,
}

impl Account {
    /// The day of the world on which it appears.
    pub(crate) fn arrival_day(&self) -> u32 {
        self.arrives_at / SECONDS_PER_DAY
    }

    /// Whether it exists and may act at that instant.
    pub(crate) fn is_live(&self, at: u32) -> bool {
        self.arrives_at.max(self.restored_at) <= at && at < self.suspended_at && at < self.deleted_at
    }
}

/// A later account of a holder.
#[derive(Clone, Copy, Debug)]
struct Comeback {
    identity: Identity,
    predecessor: u32,
}

/// All accounts: index = holder for first accounts, then returns as they come.
#[derive(Clone, Debug)]
pub(crate) struct Accounts {
    all: Vec<Account>,
    comebacks: Vec<Comeback>,
    holders: u32,
}

impl Accounts {
    /// The first accounts of everybody, `arrival` in seconds since the world's start.
    pub(crate) fn new(population: &Population, arrival: impl Fn(HolderId) -> u32) -> Self {
        let holders = population.config.accounts;
        let account = |holder| {
            Account::new(population.persona(Key::first(HolderId(holder))), arrival(HolderId(holder)), holder)
        };
        Self { all: (0..holders).map(account).collect(), comebacks: Vec::new(), holders }
    }

    /// Adds a return and gives its index.
    pub(crate) fn add_return(
        &mut self,
        population: &Population,
        identity: Identity,
        predecessor: u32,
        arrives_at: u32,
    ) -> u32 {
        let index = self.all.len() as u32;
        self.all.push(Account::new(population.persona(identity.key), arrives_at, index));
        self.comebacks.push(Comeback { identity, predecessor });
        if let Some(first) = self.get_mut(identity.key.holder.0) {
            first.newest = index;
        }
        index
    }

    /// The account at that index.
    pub(crate) fn get(&self, index: u32) -> Option<&Account> {
        self.all.get(index as usize)
    }

    /// The account at that index, to be changed.
    pub(crate) fn get_mut(&mut self, index: u32) -> Option<&mut Account> {
        self.all.get_mut(index as usize)
    }

    /// How many there are.
    pub(crate) fn count(&self) -> u32 {
        self.all.len() as u32
    }

    /// Under which traits the account at that index appears.
    pub(crate) fn identity(&self, index: u32) -> Identity {
        let first = Identity::first(HolderId(index));
        self.comeback(index).map_or(first, |comeback| comeback.identity)
    }

    /// The account that this one follows upon.
    pub(crate) fn predecessor(&self, index: u32) -> Option<u32> {
        self.comeback(index).map(|comeback| comeback.predecessor)
    }

    /// The holder's newest account.
    pub(crate) fn newest(&self, holder: HolderId) -> u32 {
        self.get(holder.0).map_or(holder.0, |first| first.newest)
    }

    /// The account of that key, newest looked at first.
    pub(crate) fn find(&self, key: Key) -> Option<u32> {
        if key.holder.0 >= self.holders {
            return None;
        }
        let mut index = self.newest(key.holder);
        while self.identity(index).key.incarnation > key.incarnation {
            index = self.predecessor(index)?;
        }
        (self.identity(index).key == key).then_some(index)
    }

    /// The holder's newest account if it can act at that instant.
    pub(crate) fn live(&self, holder: HolderId, at: u32) -> Option<u32> {
        let index = self.newest(holder);
        self.get(index).is_some_and(|account| account.is_live(at)).then_some(index)
    }

    /// Bytes held for accounts.
    pub(crate) fn memory_bytes(&self) -> usize {
        self.all.capacity() * size_of::<Account>() + self.comebacks.capacity() * size_of::<Comeback>()
    }

    fn comeback(&self, index: u32) -> Option<&Comeback> {
        self.comebacks.get(index.checked_sub(self.holders)? as usize)
    }
}

impl Account {
    fn new(persona: Persona, arrives_at: u32, index: u32) -> Self {
        Self {
            persona,
            arrives_at,
            suspended_at: NEVER,
            restored_at: 0,
            deleted_at: NEVER,
            newest: index,
            follows: 0,
        }
    }
}

/// What writing one event may look at.
#[derive(Clone, Copy)]
pub(crate) struct Scene<'a> {
    pub(crate) population: &'a Population,
    pub(crate) networks: &'a Networks,
    pub(crate) ids: &'a AccountIds,
    pub(crate) vocabulary: &'a Vocabulary,
    pub(crate) accounts: &'a Accounts,
    pub(crate) now: Moment,
    /// `now` in seconds since the world's start.
    pub(crate) at: u32,
}
