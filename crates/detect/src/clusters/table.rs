//! Acts in order of object, and by account: what everything else walks.

use super::acts::{Act, Acts};
use crate::splitmix::SplitMix;
use std::ops::Range;

/// An object that at least two accounts acted on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Object {
    pub(super) kind: u8,
    pub(super) hash: u64,
    /// Where its acts stand.
    start: u32,
    end: u32,
    /// Accounts that acted on it, each counted once.
    pub(super) accounts: u32,
}

impl Object {
    pub(super) fn range(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// An act, by the number of its object. Twelve bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Done {
    pub(super) object: u32,
    pub(super) at: u32,
    pub(super) account: u32,
}

/// Acts on objects that at least two accounts acted on. Sixteen bytes an act.
///
/// Shape: objects by kind, then hash; the acts of an object by time, then account. The same acts give the same table in
/// whatever order they came.
#[derive(Clone, Debug, Default)]
pub struct ActTable {
    objects: Vec<Object>,
    acts: Vec<Done>,
    /// Numbers of acts by account, each account's in order of object and time.
    by_account: Vec<u32>,
    /// Where each account's numbers begin; one more than there are accounts.
    starts: Vec<u32>,
    /// Distinct objects of each account.
    participation: Vec<u32>,
}

impl ActTable {
    /// Sorts acts; those on objects that one account alone acted on go.
    pub fn of(acts: Acts) -> Self {
        let mut table = Self::default();
        for (kind, mut of_kind) in acts.into_kinds() {
            of_kind.sort_unstable();
            of_kind.dedup();
            for on_object in of_kind.chunk_by(|one, two| one.object == two.object) {
                table.add_object(kind, on_object);
            }
        }
        table.index_accounts();
        table
    }

    fn add_object(&mut self, kind: u8, acts: &[Act]) {
        let Some(first) = acts.first() else { return };
        if acts.iter().all(|act| act.account == first.account) {
            return;
        }
        let mut accounts: Vec<u32> = acts.iter().map(|act| act.account).collect();
        accounts.sort_unstable();
        accounts.dedup();
        for account in &accounts {
            let place = *account as usize;
            if self.participation.len() <= place {
                self.participation.resize(place + 1, 0);
            }
            self.participation.iter_mut().skip(place).take(1).for_each(|count| *count += 1);
        }
        let (number, start) = (self.objects.len() as u32, self.acts.len() as u32);
        self.acts.extend(acts.iter().map(|act| Done { object: number, at: act.at, account: act.account }));
        let (end, accounts) = (self.acts.len() as u32, accounts.len() as u32);
        self.objects.push(Object { kind, hash: first.object, start, end, accounts });
    }

    /// Counting sort by account, which keeps the order of objects and times.
    fn index_accounts(&mut self) {
        let mut starts = vec![0_u32; self.participation.len() + 1];
        let mut add = |place: usize| starts.iter_mut().skip(place).take(1).for_each(|count| *count += 1);
        self.acts.iter().for_each(|act| add(act.account as usize + 1));
        let mut sum = 0;
        starts.iter_mut().for_each(|start| {
            sum += *start;
            *start = sum;
        });
        let mut next = starts.clone();
        self.by_account = vec![0; self.acts.len()];
        for (number, act) in (0_u32..).zip(&self.acts) {
            let Some(place) = next.get_mut(act.account as usize) else { continue };
            if let Some(slot) = self.by_account.get_mut(*place as usize) {
                *slot = number;
            }
            *place += 1;
        }
        self.starts = starts;
    }

    /// The same acts, each object's times dealt anew among those who acted on it: what is left of coordination then is
    /// chance. `random_seed` decides how.
    pub fn shuffled(&self, random_seed: u64) -> Self {
        let mut table = self.clone();
        let mut random = SplitMix::new(random_seed);
        for object in &table.objects {
            let Some(acts) = table.acts.get_mut(object.range()) else { continue };
            for last in (1..acts.len()).rev() {
                let other = ((u128::from(random.next_number()) * (last as u128 + 1)) >> 64) as usize;
                swap_times(acts, last, other);
            }
            acts.sort_unstable();
        }
        table.index_accounts();
        table
    }

    /// The acts that stand in it, by object and time.
    pub fn acts(&self) -> impl Iterator<Item = Act> + '_ {
        self.objects.iter().flat_map(|object| {
            let acts = self.acts_on(object).iter();
            acts.map(|act| Act { object: object.hash, at: act.at, account: act.account })
        })
    }

    /// Acts that stand in it.
    pub fn len(&self) -> usize {
        self.acts.len()
    }

    /// Whether no two accounts acted on the same object.
    pub fn is_empty(&self) -> bool {
        self.acts.is_empty()
    }

    /// Objects that at least two accounts acted on.
    pub fn object_count(&self) -> usize {
        self.objects.len()
    }

    /// Accounts that share at least `objects_min` objects with somebody.
    pub fn participants(&self, objects_min: u32) -> usize {
        self.participation.iter().filter(|objects| **objects >= objects_min.max(1)).count()
    }

    /// Distinct objects that an account shares with somebody.
    pub(super) fn participation(&self, account: u32) -> u32 {
        self.participation.get(account as usize).copied().unwrap_or(0)
    }

    pub(super) fn objects(&self) -> &[Object] {
        &self.objects
    }

    pub(super) fn object(&self, number: u32) -> Option<&Object> {
        self.objects.get(number as usize)
    }

    /// The acts on an object, in order of time.
    pub(super) fn acts_on(&self, object: &Object) -> &[Done] {
        self.acts.get(object.range()).unwrap_or(&[])
    }

    /// The acts of an account, in order of object, then time.
    pub(super) fn acts_of(&self, account: u32) -> impl Iterator<Item = &Done> + Clone {
        let place = account as usize;
        let ends = (self.starts.get(place), self.starts.get(place + 1));
        let range = match ends {
            (Some(start), Some(end)) => *start as usize..*end as usize,
            _ => 0..0,
        };
        let numbers = self.by_account.get(range).unwrap_or(&[]);
        numbers.iter().filter_map(|number| self.acts.get(*number as usize))
    }

    /// Accounts by number, from 0.
    pub(super) fn accounts(&self) -> Range<u32> {
        0..self.participation.len() as u32
    }
}

fn swap_times(acts: &mut [Done], one: usize, two: usize) {
    let times = (acts.get(one).map(|act| act.at), acts.get(two).map(|act| act.at));
    let (Some(first), Some(second)) = times else { return };
    if let Some(act) = acts.get_mut(one) {
        act.at = second;
    }
    if let Some(act) = acts.get_mut(two) {
        act.at = first;
    }
}
