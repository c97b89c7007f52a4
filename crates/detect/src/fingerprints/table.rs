//! Texts seen once, waiting for a second account to post nearly the same.

use super::sketch::{BANDS, Sketch};
use cordon_model::clock::Day;
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasherDefault, Hasher};

/// Most texts that wait at once; beyond that the oldest go.
const WAITING_MAX: usize = 4_000_000;

/// Stands for the account of a forgotten text.
const FORGOTTEN: u32 = u32::MAX;
/// An odd constant that spreads bits (splitmix64).
const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;

type Numbers = HashMap<u32, u32, BuildHasherDefault<Spread>>;

/// The near-duplicate groups of one entity type, and the texts that belong to none yet.
#[derive(Clone, Debug, Default)]
pub(crate) struct NearTexts {
    /// Texts by number, in order of arrival; the numbers below `first` are gone. Numbers wrap around.
    texts: VecDeque<Waiting>,
    first: u32,
    /// Which text stands for a band: the newest that has it, unless that is forgotten.
    bands: Numbers,
    /// An account's newest text; from there one goes back from text to text.
    newest: Numbers,
}

/// A text that others may turn out to repeat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Waiting {
    account: u32,
    bits: [u64; 2],
    bands: [u32; BANDS],
    received: Day,
    has_group: bool,
    /// How many texts ago the account's last one came; 0 where there is none. Made anew when a snapshot is read.
    #[serde(skip)]
    back: u32,
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
        let place = self.place(number);
        let Some(text) = self.texts.get_mut(place) else { return NearText::Alone };
        let hash = group_hash(text.bits, &text.bands);
        let founder = (!text.has_group).then_some(text.account);
        if founder == Some(account) {
            return NearText::Alone;
        }
        text.has_group = true;
        text.received = received;
        NearText::Group { hash, founder }
    }

    /// The hash of the group that the text of `account` belongs to or would found, whoever else has it.
    pub(crate) fn founder_of(&mut self, account: u32, sketch: &Sketch, received: Day) -> u64 {
        let founder = self.near(sketch).and_then(|number| self.texts.get(self.place(number)));
        if let Some(text) = founder {
            return group_hash(text.bits, &text.bands);
        }
        self.keep_waiting(account, sketch, received);
        group_hash(sketch.bits, &sketch.bands)
    }

    fn near(&self, sketch: &Sketch) -> Option<u32> {
        sketch.bands.iter().find_map(|band| {
            let number = *self.bands.get(band)?;
            let text = self.texts.get(self.place(number))?;
            sketch.is_near(text.bits).then_some(number)
        })
    }

    fn keep_waiting(&mut self, account: u32, sketch: &Sketch, received: Day) {
        if self.texts.len() >= WAITING_MAX {
            self.drop_oldest();
        }
        self.push(Waiting {
            account,
            bits: sketch.bits,
            bands: sketch.bands,
            received,
            has_group: false,
            back: 0,
        });
    }

    fn push(&mut self, mut text: Waiting) {
        let number = self.first.wrapping_add(self.texts.len() as u32);
        for band in text.bands {
            if text.account == FORGOTTEN {
                self.bands.remove(&band);
            } else {
                self.bands.insert(band, number);
            }
        }
        if text.account != FORGOTTEN {
            let last = self.newest.insert(text.account, number);
            text.back = last.map_or(0, |last| number.wrapping_sub(last));
        }
        self.texts.push_back(text);
    }

    /// Where the text of that number lies; beyond the end where it is gone.
    fn place(&self, number: u32) -> usize {
        number.wrapping_sub(self.first) as usize
    }

    /// Drops texts that arrived more than `keep_days` before `today`; a group that was repeated since stays until
    /// its turn in the order of arrival.
    pub(crate) fn expire(&mut self, today: Day, keep_days: u16) {
        while self.texts.front().is_some_and(|text| today.days_since(text.received) > keep_days) {
            self.drop_oldest();
        }
    }

    /// Forgets the texts of one account. What stays of each until its time is over leads nowhere: an empty place in
    /// the order of arrival, and its bands, so that a table restored from a snapshot is the same as one that lived.
    pub(crate) fn forget(&mut self, account: u32) {
        let mut next = self.newest.remove(&account);
        while let Some(number) = next {
            let place = self.place(number);
            let Some(text) = self.texts.get_mut(place) else { break };
            let (bands, back) = (text.bands, text.back);
            (text.account, text.bits, text.back) = (FORGOTTEN, [0; 2], 0);
            self.forget_bands(&bands, number);
            next = (back != 0 && back as usize <= place).then(|| number.wrapping_sub(back));
        }
    }

    fn forget_bands(&mut self, bands: &[u32; BANDS], number: u32) {
        for band in bands {
            if self.bands.get(band) == Some(&number) {
                self.bands.remove(band);
            }
        }
    }

    fn drop_oldest(&mut self) {
        let Some(text) = self.texts.pop_front() else { return };
        self.forget_bands(&text.bands, self.first);
        if self.newest.get(&text.account) == Some(&self.first) {
            self.newest.remove(&text.account);
        }
        self.first = self.first.wrapping_add(1);
    }

    /// Bytes in use, without allocator overhead.
    pub(crate) fn bytes(&self) -> usize {
        let numbers = self.bands.capacity() + self.newest.capacity();
        self.texts.capacity() * size_of::<Waiting>() + numbers * (size_of::<(u32, u32)>() + 1)
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
        let mut table = Self {
            first,
            texts: VecDeque::with_capacity(texts.len()),
            bands: Numbers::with_capacity_and_hasher(texts.len() * BANDS, BuildHasherDefault::default()),
            newest: Numbers::default(),
        };
        texts.into_iter().for_each(|text| table.push(text));
        table
    }
}

/// The entity hash of the group that this text founds.
fn group_hash(bits: [u64; 2], bands: &[u32; BANDS]) -> u64 {
    let [low, high] = bits;
    let folded = low ^ high.rotate_left(32);
    bands.iter().fold(folded, |hash, band| (hash ^ u64::from(*band)).wrapping_mul(SPREAD))
}

/// The table as it stands in a snapshot.
#[derive(Deserialize)]
pub(crate) struct NearTextsDump(u32, Vec<Waiting>);

/// Keys are keyed hashes already; a multiplication brings their bits to where the map looks.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Spread(u64);

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {}

    fn write_u32(&mut self, value: u32) {
        self.0 = u64::from(value).wrapping_mul(SPREAD);
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = value.wrapping_mul(SPREAD);
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

    fn restored(table: &NearTexts) -> NearTexts {
        let bytes = serde_json::to_vec(&table.dump()).unwrap();
        NearTexts::restore(serde_json::from_slice(&bytes).unwrap())
    }

    proptest::proptest! {
        #[test]
        fn a_restored_table_goes_on_as_the_one_that_lived(
            steps in proptest::collection::vec((0u8..10, 0u32..4, 0usize..6), 1..60)
        ) {
            let said = ["mill by the river", "bakery near the bridge", "old town library", "harbour at noon",
                "orchard gate", "hill above town"];
            let mut lived = NearTexts { first: u32::MAX - 5, ..NearTexts::default() };
            for (day, (what, account, place)) in (10..).zip(steps) {
                let text = format!("everybody please meet us at the {} tomorrow before sunrise", said[place]);
                let mut other = restored(&lived);
                for table in [&mut lived, &mut other] {
                    match what {
                        0 | 1 => table.forget(account),
                        2 => table.expire(Day(day), 8),
                        _ => {}
                    }
                }
                let met = [&mut lived, &mut other].map(|table| table.meet(account, &sketch(&text), Day(day)));
                proptest::prop_assert_eq!(met[0], met[1]);
                let [one, two] = [&lived, &other].map(|table| serde_json::to_vec(&table.dump()).unwrap());
                proptest::prop_assert_eq!(one, two);
                for table in [&lived, &other] {
                    let own = table.texts.iter().filter(|text| text.account == account).count();
                    let mut copy = table.clone();
                    copy.forget(account);
                    let left = copy.texts.iter().filter(|text| text.account == account).count();
                    proptest::prop_assert!(left == 0, "{} of {} texts are left", left, own);
                }
            }
        }
    }
}
