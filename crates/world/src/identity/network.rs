//! Addresses: homes that few share, carriers, schools and offices that hundreds share.
//!
//! All addresses lie in 240.0.0.0/4, which nobody on the real Internet holds.

use super::{Identity, family_of, trait_number};
use crate::config;
use crate::population::{NetworkHabit, Population};
use crate::stream::{Purpose, Stream, mix};

/// How the addresses of a world are shared out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Networks {
    homes: u32,
    shared: u32,
}

/// Accounts that a home /24 holds on average: neighbours at the same provider.
const ACCOUNTS_PER_HOME_NETWORK: u32 = 8;
/// Accounts that a shared /24 holds on average; far enough above the least that none falls short.
const ACCOUNTS_PER_SHARED_NETWORK: f64 = 290.0;
/// Addresses behind which a shared network hides its accounts.
const SHARED_EXITS: u32 = 4;
const FIRST_ADDRESS: u32 = 0xf000_0000;
const NETWORKS_MAX: u32 = (1 << 20) - 1;

impl Networks {
    /// The networks of a world of that many accounts.
    pub(crate) fn new(accounts: u32) -> Self {
        let on_shared = f64::from(accounts) * config::SHARED_NETWORK_SHARE;
        let shared = ((on_shared / ACCOUNTS_PER_SHARED_NETWORK) as u32).max(1);
        let homes = (accounts / ACCOUNTS_PER_HOME_NETWORK).clamp(1, NETWORKS_MAX - shared);
        Self { homes, shared }
    }

    /// The address of a log-in.
    pub(crate) fn address(
        &self,
        population: &Population,
        identity: &Identity,
        habit: NetworkHabit,
        login: Login,
    ) -> [u8; 4] {
        let is_shared = match habit {
            NetworkHabit::Home => false,
            NetworkHabit::SharedOnly => true,
            NetworkHabit::Mixed => login.moment == LoginMoment::First || login.is_shared_by_chance(),
        };
        let (network, host) = if is_shared {
            (self.shared_network(population, identity), login.chance as u32 / 2 % SHARED_EXITS + 1)
        } else {
            (
                self.shared + self.home_network(population, identity),
                home_host(population, identity, login.day),
            )
        };
        (FIRST_ADDRESS + (network << 8) + host).to_be_bytes()
    }

    fn home_network(&self, population: &Population, identity: &Identity) -> u32 {
        (home_number(population, identity) % u64::from(self.homes)) as u32
    }

    /// A return that sheds its network steps to another one, never back to the one it comes from.
    fn shared_network(&self, population: &Population, identity: &Identity) -> u32 {
        let rank = population.rank(identity.key.holder);
        let shared = u64::from(self.shared);
        // Three ranks in ten use shared networks. They are dealt round robin, so that every network holds its
        // number of accounts, each of the three a third further on, so that neighbours in rank are kept apart.
        let first = u64::from(rank / 10) + u64::from(rank % 10) * shared / 3;
        ((first + u64::from(identity.network)) % shared) as u32
    }
}

/// What of a log-in decides its address.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Login {
    pub(crate) day: u32,
    pub(crate) moment: LoginMoment,
    pub(crate) chance: u64,
}

/// Where in an account's life a session stands. Whoever uses both kinds of network signs up at home and logs in
/// for the first time from the shared one, so that every account shows its habit on its first day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LoginMoment {
    /// With the sign-up or the snapshot.
    Arrival,
    /// The log-in that follows at once.
    First,
    /// Any later one.
    Later,
}

impl Login {
    fn is_shared_by_chance(self) -> bool {
        self.moment == LoginMoment::Later && self.chance.is_multiple_of(2)
    }
}

/// The household: the family where it has one, else the holder alone.
fn home_number(population: &Population, identity: &Identity) -> u64 {
    let holder = identity.key.holder;
    match family_of(population, holder) {
        Some(block) if identity.network == 0 => {
            Stream::new(population.seed(), Purpose::Network, u64::from(block), u64::MAX).bits()
        }
        _ => trait_number(population, Purpose::Network, holder, identity.network),
    }
}

/// The provider gives each household a new address every week.
fn home_host(population: &Population, identity: &Identity, day: u32) -> u32 {
    let week = u64::from(day / 7);
    (mix(home_number(population, identity) ^ week) % 253) as u32 + 1
}

/// The address of a log-in as text.
pub(crate) fn write_address(out: &mut Vec<u8>, address: [u8; 4]) {
    for (position, part) in address.into_iter().enumerate() {
        if position > 0 {
            out.push(b'.');
        }
        crate::emit::write_number(out, u32::from(part));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::WorldConfig;
    use crate::population::HolderId;

    #[test]
    fn a_return_that_sheds_its_shared_network_lands_on_another() {
        let population = Population::new(WorldConfig::default());
        let networks = Networks::new(20_000);
        let old = Identity::first(HolderId(5));
        let new = Identity { network: 1, ..old };
        assert_ne!(networks.shared_network(&population, &old), networks.shared_network(&population, &new));
    }
}
