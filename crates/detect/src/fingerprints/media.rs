//! Pictures seen once, waiting for a second account to post nearly the same.

use crate::banks::PdqIndex;
use crate::banks::hash::Pdq;
use cordon_model::clock::Day;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, VecDeque};

/// Most pictures that wait at once; beyond that the oldest go.
const WAITING_MAX: usize = 1_000_000;
/// Stands for the account of a forgotten picture.
const FORGOTTEN: u32 = u32::MAX;
/// An odd constant that spreads bits (splitmix64).
const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;

/// The near-duplicate groups of one entity type, and the pictures that belong to none yet.
#[derive(Clone, Debug, Default)]
pub(crate) struct NearMedia {
    /// Pictures by number, in order of arrival; the numbers below `first` are gone. Numbers wrap around.
    pictures: VecDeque<Waiting>,
    first: u32,
    index: PdqIndex,
    /// (account, number) of every picture that is not forgotten.
    owned: BTreeSet<(u32, u32)>,
}

/// A picture that others may turn out to repeat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Waiting {
    hash: Pdq,
    account: u32,
    received: Day,
    has_group: bool,
}

/// The group that a picture belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MediaGroup {
    /// The group's entity hash.
    pub(crate) hash: u64,
    /// The account that posted it first, where the group was made just now.
    pub(crate) founder: Option<u32>,
}

impl NearMedia {
    /// Holds the picture of `account` against all that wait, and keeps it waiting if it is the first. `None` while
    /// nobody else has it.
    pub(crate) fn meet(&mut self, account: u32, hash: Pdq, received: Day) -> Option<MediaGroup> {
        let Some(place) = self.nearest(hash) else {
            self.keep_waiting(Waiting { hash, account, received, has_group: false });
            return None;
        };
        let picture = self.pictures.get_mut(place)?;
        let founder = (!picture.has_group).then_some(picture.account);
        if founder == Some(account) {
            return None;
        }
        (picture.has_group, picture.received) = (true, received);
        let words = picture.hash.0.into_iter();
        let hash = words.fold(SPREAD, |hash, word| (hash ^ word).wrapping_mul(SPREAD).rotate_left(29));
        Some(MediaGroup { hash, founder })
    }

    /// The place of the nearest picture within the limit; of equally near ones the earliest.
    fn nearest(&self, hash: Pdq) -> Option<usize> {
        let mut nearest: Option<(u32, usize)> = None;
        self.index.search(hash, &mut |number, distance| {
            let found = (distance, self.place(number));
            nearest = Some(nearest.map_or(found, |best| best.min(found)));
        });
        nearest.map(|(_, place)| place)
    }

    fn keep_waiting(&mut self, picture: Waiting) {
        if self.pictures.len() >= WAITING_MAX {
            self.drop_oldest();
        }
        self.push(picture);
    }

    fn push(&mut self, picture: Waiting) {
        let number = self.first.wrapping_add(self.pictures.len() as u32);
        if picture.account != FORGOTTEN {
            self.index.insert(picture.hash, number);
            self.owned.insert((picture.account, number));
        }
        self.pictures.push_back(picture);
    }

    /// Where the picture of that number lies; beyond the end where it is gone.
    fn place(&self, number: u32) -> usize {
        number.wrapping_sub(self.first) as usize
    }

    /// Drops pictures that arrived more than `keep_days` before `today`; a group that was repeated since stays
    /// until its turn in the order of arrival.
    pub(crate) fn expire(&mut self, today: Day, keep_days: u16) {
        while self.pictures.front().is_some_and(|picture| today.days_since(picture.received) > keep_days) {
            self.drop_oldest();
        }
    }

    /// Forgets the pictures of one account; their places stay empty until their time is over.
    pub(crate) fn forget(&mut self, account: u32) {
        let own = self.owned.range((account, 0)..=(account, u32::MAX));
        let numbers: Vec<u32> = own.map(|(_, number)| *number).collect();
        for number in numbers {
            self.owned.remove(&(account, number));
            let place = self.place(number);
            let Some(picture) = self.pictures.get_mut(place) else { continue };
            self.index.remove(picture.hash, number);
            (picture.hash, picture.account) = (Pdq::default(), FORGOTTEN);
        }
    }

    fn drop_oldest(&mut self) {
        let Some(picture) = self.pictures.pop_front() else { return };
        if picture.account != FORGOTTEN {
            self.index.remove(picture.hash, self.first);
            self.owned.remove(&(picture.account, self.first));
        }
        self.first = self.first.wrapping_add(1);
    }

    /// Bytes in use, without allocator overhead.
    pub(crate) fn bytes(&self) -> usize {
        let owned = self.owned.len() * size_of::<(u32, u32)>();
        self.pictures.capacity() * size_of::<Waiting>() + self.index.bytes() + owned
    }

    /// Pictures that wait.
    pub(crate) fn len(&self) -> usize {
        self.pictures.len()
    }

    /// All that [`NearMedia::restore`] needs, in order.
    pub(crate) fn dump(&self) -> impl Serialize + '_ {
        let (front, back) = self.pictures.as_slices();
        (self.first, front.iter().chain(back).copied().collect::<Vec<_>>())
    }

    /// What [`NearMedia::dump`] wrote.
    pub(crate) fn restore(dumped: NearMediaDump) -> Self {
        let NearMediaDump(first, pictures) = dumped;
        let mut table = Self { first, ..Self::default() };
        pictures.into_iter().for_each(|picture| table.push(picture));
        table
    }
}

/// The table as it stands in a snapshot.
#[derive(Deserialize)]
pub(crate) struct NearMediaDump(u32, Vec<Waiting>);

#[cfg(test)]
mod tests {
    use super::*;

    const HASH: Pdq = Pdq([0x0123_4567_89ab_cdef; 4]);

    fn off_by(bits: u32) -> Pdq {
        let mut hash = HASH;
        (0..bits).for_each(|bit| hash.0[bit as usize % 4] ^= 1 << (bit / 4 * 2));
        hash
    }

    fn restored(table: &NearMedia) -> NearMedia {
        NearMedia::restore(serde_json::from_slice(&serde_json::to_vec(&table.dump()).unwrap()).unwrap())
    }

    #[test]
    fn a_second_account_within_thirty_one_bits_makes_the_group_and_a_third_joins_it() {
        let mut table = NearMedia::default();
        assert_eq!(table.meet(1, HASH, Day(10)), None);
        assert_eq!(table.meet(1, off_by(3), Day(10)), None, "an account's own repetition makes no group");
        let mut table = restored(&table);
        let made = table.meet(3, off_by(31), Day(11)).unwrap();
        assert_eq!(made.founder, Some(1));
        assert_eq!(table.meet(4, HASH, Day(11)), Some(MediaGroup { hash: made.hash, founder: None }));
        assert_eq!(table.meet(2, off_by(32), Day(10)), None, "another picture");
        assert_eq!(table.len(), 2);
    }

    #[test]
    fn what_expired_or_was_forgotten_meets_nobody() {
        let mut table = NearMedia::default();
        table.meet(1, HASH, Day(10));
        let mut expired = table.clone();
        expired.expire(Day(50), 30);
        assert_eq!((expired.len(), expired.meet(3, HASH, Day(50))), (0, None));
        table.forget(1);
        assert_eq!(table.meet(3, HASH, Day(11)), None);
        assert_eq!(restored(&table).meet(4, HASH, Day(11)).unwrap().founder, Some(3));
    }
}
