//! Texts seen once, waiting for a second account to post nearly the same.

use super::sketch::{BANDS, Sketch};
use cordon_model::clock::Day;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Most texts that wait at once; beyond that the oldest go.
const WAITING_MAX: usize = 4_000_000;

/// Stands for the account of a forgotten text.
const FORGOTTEN: u32 = u32::MAX;
/// An odd constant that spreads bits (splitmix64).
const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;

type Bands = HashMap<u32, u32, BuildHasherDefault<Spread>>;

/// The near-duplicate groups of one entity type, and the texts that belong to none yet.
#[derive(Clone, Debug, Default)]
pub(crate) struct NearTexts {
    /// Texts by number, in order of arrival; the numbers below `first` are gone.
    texts: std::collections::VecDeque<Waiting>,
    first: u32,
    /// Which text stands for a band.
    bands: Bands,
}

/// A text that others may turn out to repeat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Waiting {
    account: u32,
    bits: u64,
    bands: [u32; BANDS],
    received: Day,
    has_group: bool,
}

/// What a text turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NearText {
    /// The first of its kind, or the account's own again: nobody else has it.
    Alone,
    /// It belongs to the group of that hash; where the group is new, its first account joins too.
    Group {
        /// The group's entity hash.
        hash: u64,
        /// The account that posted it first, where the group was made just now.
        founder: Option<u32>,
    },
}

impl NearTexts {
    /// Holds the text of `account` against all that wait, and keeps it waiting if it is the first.
    pub(crate) fn meet(&mut self, account: u32, sketch: &Sketch, received: Day) -> NearText {
        let Some(number) = self.near(sketch) else {
            self.keep_waiting(account, sketch, received);
            return NearText::Alone;
        };
        let Some(text) = self.texts.get_mut((number - self.first) as usize) else { return NearText::Alone };
        let hash =
            text.bands.iter().fold(text.bits, |hash, band| (hash ^ u64::from(*band)).wrapping_mul(SPREAD));
        let founder = (!text.has_group).then_some(text.account);
        if founder == Some(account) {
            return NearText::Alone;
        }
        text.has_group = true;
        text.received = received;
        NearText::Group { hash, founder }
    }

    fn near(&self, sketch: &Sketch) -> Option<u32> {
        sketch.bands.iter().find_map(|band| {
            let number = *self.bands.get(band)?;
            let text = self.texts.get(number.checked_sub(self.first)? as usize)?;
            sketch.is_near(text.bits).then_some(number)
        })
    }

    fn keep_waiting(&mut self, account: u32, sketch: &Sketch, received: Day) {
        if self.texts.len() >= WAITING_MAX {
            self.drop_oldest();
        }
        let number = self.first + self.texts.len() as u32;
        for band in sketch.bands {
            self.bands.insert(band, number);
        }
        let waiting = Waiting { account, bits: sketch.bits, bands: sketch.bands, received, has_group: false };
        self.texts.push_back(waiting);
    }

    /// Drops texts that arrived more than `keep_days` before `today`; a group that was repeated since stays until
    /// its turn in the order of arrival.
    pub(crate) fn expire(&mut self, today: Day, keep_days: u16) {
        while self.texts.front().is_some_and(|text| today.days_since(text.received) > keep_days) {
            self.drop_oldest();
        }
    }

    /// Forgets the texts of one account. Rare, so the bands are made anew: then a table that was restored from a
    /// snapshot and one that lived through it are the same.
    pub(crate) fn forget(&mut self, account: u32) {
        for text in self.texts.iter_mut().filter(|text| text.account == account) {
            text.account = FORGOTTEN;
            text.bits = 0;
        }
        self.bands = bands_of(&self.texts, self.first);
    }

    fn drop_oldest(&mut self) {
        let Some(text) = self.texts.pop_front() else { return };
        for band in text.bands {
            if self.bands.get(&band) == Some(&self.first) {
                self.bands.remove(&band);
            }
        }
        self.first += 1;
    }

    /// Bytes in use, without allocator overhead.
    pub(crate) fn bytes(&self) -> usize {
        self.texts.capacity() * size_of::<Waiting>() + self.bands.capacity() * (size_of::<(u32, u32)>() + 1)
    }

    /// Texts that wait.
    pub(crate) fn len(&self) -> usize {
        self.texts.len()
    }

    /// All that [`NearTexts::restore`] needs, in order.
    pub(crate) fn dump(&self) -> impl Serialize + '_ {
        let (front, back) = self.texts.as_slices();
        (self.first, front.iter().chain(back).copied().collect::<Vec<_>>())
    }

    /// What [`NearTexts::dump`] wrote.
    pub(crate) fn restore(dumped: NearTextsDump) -> Self {
        let NearTextsDump(first, texts) = dumped;
        let texts = std::collections::VecDeque::from(texts);
        Self { bands: bands_of(&texts, first), texts, first }
    }
}

/// Which text stands for a band: the newest that has it.
fn bands_of(texts: &std::collections::VecDeque<Waiting>, first: u32) -> Bands {
    let mut bands = Bands::with_capacity_and_hasher(texts.len() * BANDS, BuildHasherDefault::default());
    for (number, text) in (first..).zip(texts).filter(|(_, text)| text.account != FORGOTTEN) {
        for band in text.bands {
            bands.insert(band, number);
        }
    }
    bands
}

/// The table as it stands in a snapshot.
#[derive(Deserialize)]
pub(crate) struct NearTextsDump(u32, Vec<Waiting>);

/// Keys are keyed hashes already; a multiplication brings their bits to where the map looks.
#[derive(Clone, Copy, Debug, Default)]
struct Spread(u64);

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {}

    fn write_u32(&mut self, value: u32) {
        self.0 = u64::from(value).wrapping_mul(SPREAD);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cordon_model::hashing::HashKey;

    const KEY: HashKey = HashKey::from_bytes([3; 16]);

    fn sketch(text: &str) -> Sketch {
        Sketch::of_text(text, 16, &KEY).unwrap()
    }

    fn tables() -> NearTexts {
        let mut table = NearTexts::default();
        for (account, text) in [
            (1, "the grey herons gather at the old mill by the river tomorrow at dawn"),
            (2, "our bakery opens at seven with fresh rolls and the best coffee around"),
        ] {
            assert_eq!(table.meet(account, &sketch(text), Day(10)), NearText::Alone);
        }
        table
    }

    #[test]
    fn a_second_account_makes_the_group_and_a_third_joins_it() {
        let mut table = tables();
        let copy = sketch("the grey herons gather at the old mill by the river tomorrow at noon");
        let NearText::Group { hash, founder: Some(1) } = table.meet(3, &copy, Day(11)) else {
            panic!("no group")
        };
        assert_eq!(table.meet(4, &copy, Day(11)), NearText::Group { hash, founder: None });
    }

    #[test]
    fn an_accounts_own_repetition_makes_no_group() {
        let mut table = tables();
        let again = sketch("the grey herons gather at the old mill by the river tomorrow at dawn");
        assert_eq!(table.meet(1, &again, Day(11)), NearText::Alone);
        assert_eq!(table.len(), 2);
    }

    #[test]
    fn what_expired_or_was_forgotten_meets_nobody() {
        let copy = sketch("the grey herons gather at the old mill by the river tomorrow at dawn");
        let mut expired = tables();
        expired.expire(Day(50), 30);
        assert_eq!((expired.len(), expired.meet(3, &copy, Day(50))), (0, NearText::Alone));
        let mut forgotten = tables();
        forgotten.forget(1);
        assert_eq!(forgotten.meet(3, &copy, Day(11)), NearText::Alone);
    }
}
