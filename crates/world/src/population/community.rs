//! Communities: people of one language around one topic; many small ones, few large ones.

use crate::language::Language;
use crate::stream::{Purpose, Stream};

/// Most communities of a world; each owns a block of its language's words.
pub(crate) const COMMUNITIES_MAX: u32 = 900;
const SIZE_MIN: u32 = 120;

/// The number of a community, from 0.
pub(crate) type CommunityNumber = u16;

/// Where each community's places start; place is a holder's position in the shuffled population.
#[derive(Clone, Debug)]
pub(crate) struct Communities {
    starts: Vec<u32>,
    languages: Vec<Language>,
    accounts: u32,
}

impl Communities {
    /// The communities of a world of `accounts` holders.
    pub(crate) fn new(accounts: u32, seed: u64) -> Self {
        let size_min = SIZE_MIN.max(accounts.div_ceil(COMMUNITIES_MAX));
        let mut stream = Stream::new(seed, Purpose::Community, 0, 0);
        let (mut starts, mut languages, mut start) = (Vec::new(), Vec::new(), 0u32);
        while start < accounts {
            starts.push(start);
            languages.push(Language::drawn(&mut stream));
            // Pareto, cut at twenty times the smallest size.
            let stretch = stream.unit().max(0.004).powf(-0.55).min(20.0);
            start = start.saturating_add((f64::from(size_min) * stretch) as u32);
        }
        Self { starts, languages, accounts }
    }

    /// The community at that place.
    pub(crate) fn at_place(&self, place: u32) -> CommunityNumber {
        self.starts.partition_point(|start| *start <= place).saturating_sub(1) as CommunityNumber
    }

    /// First place and number of places of a community.
    pub(crate) fn places(&self, community: CommunityNumber) -> (u32, u32) {
        let index = usize::from(community);
        let start = self.starts.get(index).copied().unwrap_or(0);
        let end = self.starts.get(index + 1).copied().unwrap_or(self.accounts);
        (start, end.saturating_sub(start).max(1))
    }

    /// The language that a community speaks.
    pub(crate) fn language(&self, community: CommunityNumber) -> Language {
        self.languages.get(usize::from(community)).copied().unwrap_or_default()
    }

    /// How many there are.
    pub(crate) fn count(&self) -> u32 {
        self.starts.len() as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_lies_in_the_range_of_its_community() {
        let communities = Communities::new(20_000, 5);
        assert!(communities.count() > 20);
        for place in (0..20_000).step_by(37) {
            let (start, size) = communities.places(communities.at_place(place));
            assert!((start..start + size).contains(&place));
        }
    }

    #[test]
    fn even_a_huge_world_stays_within_the_words_of_its_languages() {
        assert!(Communities::new(5_000_000, 5).count() <= COMMUNITIES_MAX);
    }
}
