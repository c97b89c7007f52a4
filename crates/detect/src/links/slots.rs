//! Facts by number, found by keyed hash: what accounts, entities and terms have in common.

use super::Dictionary;
use super::chunked::Chunked;

/// Something known by a keyed hash.
pub(crate) trait Hashed {
    /// The hash.
    fn hash(&self) -> u64;
}

/// Facts by number. The number of one that went is given to the next that comes, last in, first out.
#[derive(Clone, Debug, Default)]
pub(crate) struct Slots<F> {
    dictionary: Dictionary,
    facts: Chunked<F>,
    free: Vec<u32>,
}

impl<F: Hashed + Default> Slots<F> {
    /// The number of the one with that hash which `is_it` accepts.
    pub(crate) fn find(&self, hash: u64, is_it: impl Fn(&F) -> bool) -> Option<u32> {
        let has_hash = |number| self.get(number).is_some_and(|facts| facts.hash() == hash && is_it(facts));
        self.dictionary.find(hash, has_hash)
    }

    /// Takes in one that is not there yet; gives its number.
    pub(crate) fn add(&mut self, facts: F) -> u32 {
        let hash = facts.hash();
        let number = match self.free.pop() {
            Some(number) => {
                if let Some(slot) = self.facts.get_mut(number) {
                    *slot = facts;
                }
                number
            }
            None => {
                self.facts.push(facts);
                self.facts.len() as u32 - 1
            }
        };
        let facts = &self.facts;
        self.dictionary.add(hash, number, |other| facts.get(other).map_or(0, F::hash));
        number
    }

    /// Lets one go; its number is free.
    pub(crate) fn release(&mut self, number: u32) {
        if let Some(facts) = self.facts.get_mut(number) {
            self.dictionary.remove(facts.hash(), number);
            *facts = F::default();
            self.free.push(number);
        }
    }

    /// The facts under a number; those of a free one are empty.
    #[inline]
    pub(crate) fn get(&self, number: u32) -> Option<&F> {
        self.facts.get(number)
    }

    /// The same, to be changed; the hash must stay.
    pub(crate) fn get_mut(&mut self, number: u32) -> Option<&mut F> {
        self.facts.get_mut(number)
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.facts.len() - self.free.len()
    }

    /// One more than the highest number ever given: the length of a table by number.
    pub(crate) fn numbers(&self) -> usize {
        self.facts.len()
    }

    /// All facts by number, empty ones among them.
    pub(crate) fn facts(&self) -> impl Iterator<Item = &F> {
        self.facts.iter()
    }

    /// The free numbers, the next to be given last.
    pub(crate) fn free(&self) -> &[u32] {
        &self.free
    }

    /// Bytes in use, without allocator overhead.
    pub(crate) fn bytes(&self) -> usize {
        self.facts.bytes() + self.dictionary.bytes()
    }

    /// What [`Slots::facts`] and [`Slots::free`] gave, with the dictionary made anew.
    pub(crate) fn restore(facts: impl IntoIterator<Item = F>, free: Vec<u32>) -> Self {
        let facts: Chunked<F> = facts.into_iter().collect();
        let mut dictionary = Dictionary::default();
        let mut is_free = vec![false; facts.len()];
        for number in &free {
            if let Some(slot) = is_free.get_mut(*number as usize) {
                *slot = true;
            }
        }
        let hash_of = |number: u32| facts.get(number).map_or(0, F::hash);
        for (number, _) in (0..).zip(&is_free).filter(|(_, is_free)| !**is_free) {
            dictionary.add(hash_of(number), number, hash_of);
        }
        Self { dictionary, facts, free }
    }
}
