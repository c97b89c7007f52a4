//! Under which name, device and network somebody appears: the traits that a return keeps or sheds.

mod account_id;
mod handle;
mod network;
mod picture;

pub(crate) use account_id::{AccountIds, write_hex};
pub(crate) use network::{Login, LoginMoment, Networks, write_address};
pub(crate) use picture::write_picture;

use crate::population::{HolderId, Population};
use crate::stream::{Purpose, keyed};

/// An account without its name: its holder and which of the holder's accounts it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key {
    pub(crate) holder: HolderId,
    pub(crate) incarnation: u32,
}

impl Key {
    /// The holder's first account.
    pub(crate) const fn first(holder: HolderId) -> Self {
        Self { holder, incarnation: 0 }
    }

    /// As one number, the key of streams.
    pub(crate) const fn bits(self) -> u64 {
        (self.holder.0 as u64) << 32 | self.incarnation as u64
    }
}

/// An account's traits: for each, the incarnation in which its holder took it up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) key: Key,
    pub(crate) device: u32,
    pub(crate) network: u32,
    pub(crate) stem: u32,
    pub(crate) friends: u32,
}

impl Identity {
    /// The traits of a holder's first account.
    pub(crate) const fn first(holder: HolderId) -> Self {
        Self { key: Key::first(holder), device: 0, network: 0, stem: 0, friends: 0 }
    }

    /// Whether it follows other accounts than anybody of its behaviour would: a return that left its friends.
    pub(crate) fn left_its_friends(&self) -> bool {
        self.key.incarnation > 0 && self.friends == self.key.incarnation
    }
}

/// One trait's number: the same for every incarnation that kept it.
fn trait_number(population: &Population, purpose: Purpose, holder: HolderId, taken_up: u32) -> u64 {
    keyed(population.seed(), purpose, u64::from(holder.0), u64::from(taken_up))
}

/// Families: blocks of four neighbouring holder numbers, one block in four.
pub(crate) fn family_of(population: &Population, holder: HolderId) -> Option<u32> {
    let block = holder.0 / 4;
    keyed(population.seed(), Purpose::Device, u64::from(block), u64::MAX).is_multiple_of(4).then_some(block)
}

/// The device of a log-in: the account's own, or now and then the family's.
pub(crate) fn device(population: &Population, identity: &Identity, uses_family_device: bool) -> u64 {
    let own = trait_number(population, Purpose::Device, identity.key.holder, identity.device);
    if !uses_family_device || identity.device != 0 {
        return own;
    }
    let family = family_of(population, identity.key.holder);
    family.map_or(own, |block| keyed(population.seed(), Purpose::Device, u64::from(block), u64::MAX - 1))
}
