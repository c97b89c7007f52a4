//! Who lives in the world: everything about a holder that suspensions do not change.
//!
//! Nothing here is stored per holder: roles and places come from shuffles that can be read both ways, so
//! "the third recruiter" and "the role of holder 17" cost the same few nanoseconds.

mod community;
mod permutation;
mod persona;
mod quotas;
mod role;

pub(crate) use community::CommunityNumber;
pub(crate) use persona::{NetworkHabit, Persona};
pub(crate) use quotas::Quotas;
pub use role::Role;

use crate::config::{self, WorldConfig};
use crate::identity::Key;
use crate::language::Language;
use crate::stream::{Purpose, Stream, keyed};
use community::Communities;
use permutation::Permutation;

/// A person, numbered from 0; keeps the number under every new name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HolderId(pub u32);

/// The people of one world.
#[derive(Clone, Debug)]
pub(crate) struct Population {
    pub(crate) config: WorldConfig,
    pub(crate) quotas: Quotas,
    pub(crate) communities: Communities,
    ranks: Permutation,
    places: Permutation,
}

impl Population {
    /// The people of a world of that (bounded) configuration.
    pub(crate) fn new(config: WorldConfig) -> Self {
        Self {
            config,
            quotas: Quotas::new(config.accounts),
            communities: Communities::new(config.accounts, config.random_seed),
            ranks: Permutation::new(config.accounts, config.random_seed, Purpose::Role),
            places: Permutation::new(config.accounts, config.random_seed, Purpose::Place),
        }
    }

    /// The random seed.
    pub(crate) fn seed(&self) -> u64 {
        self.config.random_seed
    }

    /// The holder's position among all, by which roles are dealt.
    pub(crate) fn rank(&self, holder: HolderId) -> u32 {
        self.ranks.forward(holder.0)
    }

    /// The holder at that position.
    pub(crate) fn holder_at_rank(&self, rank: u32) -> HolderId {
        HolderId(self.ranks.backward(rank % self.config.accounts))
    }

    /// The role that a holder plays in truth.
    pub(crate) fn role(&self, holder: HolderId) -> Role {
        self.quotas.role_at(self.rank(holder))
    }

    /// Any holder of that role; any holder at all where nobody has it.
    pub(crate) fn draw_of_role(&self, role: Role, stream: &mut Stream) -> HolderId {
        let count = self.quotas.count(role);
        let offset = if count == 0 { stream.below(self.config.accounts) } else { stream.below(count) };
        self.holder_at_rank(self.quotas.start(role) + offset)
    }

    /// Any violator.
    pub(crate) fn draw_violator(&self, stream: &mut Stream) -> HolderId {
        self.holder_at_rank(stream.below(self.quotas.violators()))
    }

    /// Any journalist, researcher or critic.
    pub(crate) fn draw_watcher(&self, stream: &mut Stream) -> HolderId {
        let offset = stream.below(self.quotas.watchers());
        self.holder_at_rank(self.quotas.start(Role::Journalist) + offset)
    }

    /// Anybody.
    pub(crate) fn draw_anybody(&self, stream: &mut Stream) -> HolderId {
        HolderId(stream.below(self.config.accounts))
    }

    /// The journalist whom some violators try to frame.
    pub(crate) fn framed(&self) -> HolderId {
        self.holder_at_rank(self.quotas.start(Role::Journalist))
    }

    /// Whether this holder is one of those who frame the journalist.
    pub(crate) fn is_framer(&self, holder: HolderId) -> bool {
        let chance = keyed(self.seed(), Purpose::Persona, u64::from(holder.0), 1);
        self.role(holder).is_of_movement() && to_unit(chance) < config::FRAMERS_OF_VIOLATORS
    }

    /// Whether this holder comes back at once whenever suspended.
    pub(crate) fn is_stubborn(&self, holder: HolderId) -> bool {
        let chance = keyed(self.seed(), Purpose::Persona, u64::from(holder.0), 2);
        self.role(holder).is_violator() && to_unit(chance) < config::STUBBORN_OF_VIOLATORS
    }

    /// Whether a holder appeals a suspension without a violation; violators know better.
    pub(crate) fn appeals_when_wronged(&self, holder: HolderId) -> bool {
        let chance = keyed(self.seed(), Purpose::Appeal, u64::from(holder.0), 0);
        !self.role(holder).is_violator() && to_unit(chance) < config::APPEALING_SHARE
    }

    /// The place of an account's persona. In a null world a return is a new person altogether.
    pub(crate) fn place(&self, key: Key) -> u32 {
        if self.config.is_null && key.incarnation > 0 {
            let mut stream = Stream::new(self.seed(), Purpose::Place, key.bits(), 1);
            return stream.below(self.config.accounts);
        }
        self.places.forward(key.holder.0)
    }

    /// A member of a community by popularity, 0 the best known.
    pub(crate) fn member(&self, community: CommunityNumber, popularity: u32) -> HolderId {
        let (start, size) = self.communities.places(community);
        HolderId(self.places.backward(start + popularity % size))
    }

    /// The language of a community.
    pub(crate) fn language(&self, community: CommunityNumber) -> Language {
        self.communities.language(community)
    }
}

/// A number in `0.0..1.0` from 64 bits.
pub(crate) fn to_unit(bits: u64) -> f64 {
    (bits >> 11) as f64 / (1u64 << 53) as f64
}
