//! Accounts and their links.

use super::blocks::{Blocks, Handle, Moved};
use super::chunked::Chunked;
use super::list::{Coded, Coding, Links, Spot};
use super::lowest::Lowest;
use super::sequence::{Bytes, sequence};
use super::{AccountNumber, EntityNumber, Hashed, Sighting, Slots};
use cordon_model::account::Standing;
use cordon_model::clock::Day;
use cordon_model::ids::Offset;
use serde::{Deserialize, Serialize};

/// The fact that an account used an entity.
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

impl Link {
    fn renewed(self, seen: Sighting) -> Self {
        Self {
            first: self.first.min(seen.day),
            last: self.last.max(seen.day),
            received: seen.received,
            count: self.count.saturating_add(1),
            ..self
        }
    }
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

/// Where an account's links stand.
#[derive(Clone, Copy, Debug, Default)]
struct List {
    /// `None` where it has no link.
    handle: Option<Handle>,
    /// Bytes.
    used: u16,
    /// Links.
    count: u16,
    /// The day of the first link that it began with: near ones take fewer bytes.
    base: Day,
}

/// An account's links in a snapshot: how many, their base day, their bytes.
pub(crate) type ListDump<'a> = (u16, Day, Bytes<'a>);

#[derive(Clone, Debug, Default)]
pub(crate) struct Accounts {
    facts: Slots<Account>,
    lists: Chunked<List>,
    blocks: Blocks,
    link_count: usize,
    lowest: Lowest,
    /// A list on its way to its new form.
    scratch: Vec<u8>,
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
        self.lists.push(List::default());
        let number = AccountNumber(self.facts.add(account));
        self.lowest.add(hash, number);
        number
    }

    /// The first `count` in order of keyed hash that `is_eligible` accepts.
    pub(crate) fn lowest(
        &self,
        count: usize,
        is_eligible: impl Fn(AccountNumber, &Account) -> bool,
    ) -> Vec<AccountNumber> {
        let has_place = |account: AccountNumber| {
            self.facts.get(account.0).is_some_and(|facts| is_eligible(account, facts))
        };
        self.lowest.first(count, has_place).unwrap_or_else(|| self.lowest_of_all(count, is_eligible))
    }

    /// The same by a look at everybody.
    fn lowest_of_all(
        &self,
        count: usize,
        is_eligible: impl Fn(AccountNumber, &Account) -> bool,
    ) -> Vec<AccountNumber> {
        let everybody = self.numbers().zip(self.facts.facts());
        let eligible = everybody.filter(|(account, facts)| is_eligible(*account, facts));
        let mut found: Vec<(u64, AccountNumber)> =
            eligible.map(|(account, facts)| (facts.hash, account)).collect();
        if found.len() > count {
            found.select_nth_unstable(count);
            found.truncate(count);
        }
        found.sort_unstable();
        found.into_iter().map(|(_, account)| account).collect()
    }

    #[inline]
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

    #[inline]
    pub(crate) fn links(&self, account: AccountNumber) -> Links<'_> {
        Links::new(self.coding(self.list(account)))
    }

    /// The link to one entity.
    pub(crate) fn link_to(&self, account: AccountNumber, entity: EntityNumber) -> Option<Link> {
        let coding = self.coding(self.list(account));
        let (spot, is_there) = coding.find(entity);
        if is_there { coding.link(spot) } else { None }
    }

    #[inline]
    fn list(&self, account: AccountNumber) -> List {
        self.lists.get(account.0).copied().unwrap_or_default()
    }

    #[inline]
    fn coding(&self, list: List) -> Coding<'_> {
        let bytes = list.handle.map_or(&[][..], |handle| self.blocks.bytes(handle));
        Coding::of(bytes, list.count, list.base)
    }

    /// Adds or renews a link; says whether it is new.
    pub(crate) fn link(&mut self, account: AccountNumber, entity: EntityNumber, seen: Sighting) -> bool {
        let mut list = self.list(account);
        if list.count == 0 {
            list.base = seen.day;
        }
        let coding = self.coding(list);
        let (spot, is_there) = coding.find(entity);
        let there = coding.link(spot);
        if is_there && let Some(link) = there {
            self.renew(account, list, spot, link, link.renewed(seen));
            return false;
        }
        let (first, received) = (seen.day, seen.received);
        let new = Link { entity, first, last: first, received, count: 1 };
        match there {
            Some(next) => {
                let end = coding.after(spot, &next);
                self.splice(account, list, (spot, end), &[new, next]);
            }
            None => self.splice(account, list, (spot, spot), &[new]),
        }
        true
    }

    /// Puts a link in the place of its former self; mostly it takes as many bytes.
    fn renew(&mut self, account: AccountNumber, list: List, spot: Spot, before: Link, after: Link) {
        let coding = self.coding(list);
        let coded = Coded::new(&after, spot.before, list.base);
        if coding.told.get(spot.place) != Some(&coded.told) {
            let end = coding.after(spot, &before);
            self.splice(account, list, (spot, end), &[after]);
            return;
        }
        let Some(handle) = list.handle else { return };
        let start = usize::from(list.count) + spot.at;
        let place = start..start + coded.fields().len();
        if let Some(fields) = self.blocks.bytes_mut(handle).get_mut(place) {
            fields.copy_from_slice(coded.fields());
        }
    }

    pub(crate) fn unlink(&mut self, account: AccountNumber, entity: EntityNumber) -> bool {
        let list = self.list(account);
        let coding = self.coding(list);
        let (spot, is_there) = coding.find(entity);
        let Some(link) = coding.link(spot).filter(|_| is_there) else { return false };
        let end = coding.after(spot, &link);
        match coding.link(end) {
            Some(next) => {
                let after = coding.after(end, &next);
                self.splice(account, list, (spot, after), &[next]);
            }
            None => self.splice(account, list, (spot, end), &[]),
        }
        true
    }

    /// Replaces the links between two spots.
    fn splice(&mut self, account: AccountNumber, list: List, (spot, end): (Spot, Spot), links: &[Link]) {
        let mut bytes = std::mem::take(&mut self.scratch);
        self.coding(list).splice(spot, end, links, usize::from(list.used), &mut bytes);
        let count = usize::from(list.count) + links.len() + spot.place - end.place;
        self.link_count = self.link_count + count - usize::from(list.count);
        self.put(account, List { count: count as u16, ..list }, &bytes);
        self.scratch = bytes;
    }

    /// Writes an account's list in full.
    fn put(&mut self, account: AccountNumber, list: List, bytes: &[u8]) {
        let (handle, moved) = match list.handle {
            Some(handle) if bytes.is_empty() => (None, self.blocks.remove(handle)),
            Some(handle) => {
                let (handle, moved) = self.blocks.fit(handle, account.0, bytes.len(), 0);
                (Some(handle), moved)
            }
            None if bytes.is_empty() => (None, None),
            None => (Some(self.blocks.add(account.0, bytes.len())), None),
        };
        if let Some(Moved { owner, handle }) = moved
            && let Some(other) = self.lists.get_mut(owner)
        {
            other.handle = Some(handle);
        }
        if let Some(block) = handle.map(|handle| self.blocks.bytes_mut(handle))
            && let Some(block) = block.get_mut(..bytes.len())
        {
            block.copy_from_slice(bytes);
        }
        if let Some(place) = self.lists.get_mut(account.0) {
            *place = List { handle, used: bytes.len() as u16, ..list };
        }
    }

    /// The entity that the account has not used for longest; of several the least used, then the first.
    pub(crate) fn least_recent(&self, account: AccountNumber) -> Option<EntityNumber> {
        let links = self.links(account);
        links.min_by_key(|link| (link.received, link.count, link.entity)).map(|link| link.entity)
    }

    pub(crate) fn numbers(&self) -> impl Iterator<Item = AccountNumber> + use<> {
        (0..self.facts.len() as u32).map(AccountNumber)
    }

    pub(crate) fn len(&self) -> usize {
        self.facts.len()
    }

    pub(crate) fn link_count(&self) -> usize {
        self.link_count
    }

    /// Bytes in use: (facts and dictionary, links), without allocator overhead.
    pub(crate) fn bytes(&self) -> (usize, usize) {
        (self.facts.bytes(), self.lists.bytes() + self.blocks.used())
    }

    /// All that [`Accounts::restore`] needs, in order.
    pub(crate) fn dump(&self) -> impl Serialize {
        let lists = self.lists.iter().map(|list| -> ListDump<'_> {
            let bytes = list.handle.map_or(&[][..], |handle| self.blocks.bytes(handle));
            (list.count, list.base, Bytes(bytes.get(..usize::from(list.used)).unwrap_or_default()))
        });
        (sequence(self.facts.numbers(), self.facts.facts()), sequence(self.lists.len(), lists))
    }

    /// What [`Accounts::dump`] wrote; `None` where it cannot have been that.
    pub(crate) fn restore(facts: Vec<Account>, lists: Vec<ListDump<'_>>) -> Option<Self> {
        let mut restored = Self::default();
        for (account, (count, base, Bytes(bytes))) in (0..).zip(lists) {
            if Coding::of(bytes, count, base).length() != Some(bytes.len())
                || bytes.len() > usize::from(u16::MAX)
            {
                return None;
            }
            restored.lists.push(List::default());
            restored.put(AccountNumber(account), List { count, base, ..List::default() }, bytes);
            restored.link_count += usize::from(count);
        }
        for (account, facts) in (0..).zip(&facts) {
            restored.lowest.add(facts.hash, AccountNumber(account));
        }
        // Accounts keep their numbers for ever: none is free.
        restored.facts = Slots::restore(facts, Vec::new());
        (restored.lists.len() == restored.facts.numbers()).then_some(restored)
    }
}
