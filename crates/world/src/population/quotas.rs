//! How many holders play each role: exact numbers, so that small worlds keep their difficulty.

use super::role::Role;
use crate::config;

/// Holders per role, in the order of [`Role::ALL`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Quotas {
    counts: [u32; Role::ALL.len()],
}

impl Quotas {
    /// The quotas of a world of `accounts` holders.
    pub(crate) fn new(accounts: u32) -> Self {
        let of = |total: u32, share: f64| (f64::from(total) * share).round() as u32;
        let violators = of(accounts, config::VIOLATORS_SHARE).max(4);
        let recruiters = of(violators, config::RECRUITERS_OF_VIOLATORS);
        let spammers = of(violators, config::SPAMMERS_OF_VIOLATORS);
        let watchers = of(violators, config::WATCHERS_PER_VIOLATOR);
        let (journalists, researchers) = (of(watchers, 0.4), of(watchers, 0.25));
        let lurkers = of(violators, config::LURKERS_PER_VIOLATOR);
        let brigaders = of(accounts, config::BRIGADERS_SHARE).max(2);
        let special = violators + watchers + lurkers + brigaders;
        let counts = [
            recruiters,
            violators - recruiters - spammers,
            spammers,
            journalists,
            researchers,
            watchers - journalists - researchers,
            lurkers,
            brigaders,
            accounts.saturating_sub(special),
        ];
        Self { counts }
    }

    /// How many hold that role.
    pub(crate) fn count(&self, role: Role) -> u32 {
        self.counts.get(role as usize).copied().unwrap_or(0)
    }

    /// How many holders stand before the first of that role.
    pub(crate) fn start(&self, role: Role) -> u32 {
        self.counts.iter().take(role as usize).sum()
    }

    /// The role of the holder at that rank.
    pub(crate) fn role_at(&self, rank: u32) -> Role {
        let mut end = 0;
        for (role, count) in Role::ALL.into_iter().zip(self.counts) {
            end += count;
            if rank < end {
                return role;
            }
        }
        Role::Ordinary
    }

    /// Violators of all kinds; they stand at the first ranks.
    pub(crate) fn violators(&self) -> u32 {
        self.start(Role::Journalist)
    }

    /// Journalists, researchers and critics; they stand right after the violators.
    pub(crate) fn watchers(&self) -> u32 {
        self.start(Role::Lurker) - self.start(Role::Journalist)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotas_add_up_and_ranks_find_their_role() {
        let quotas = Quotas::new(20_000);
        assert_eq!(quotas.counts.iter().sum::<u32>(), 20_000);
        assert_eq!((quotas.violators(), quotas.watchers()), (100, 220));
        for role in Role::ALL {
            assert_eq!(quotas.role_at(quotas.start(role)), role);
        }
    }
}
