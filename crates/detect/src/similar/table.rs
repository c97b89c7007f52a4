//! Places by number, for the two questions that a query asks a million times.

/// Where a number stands in a list: a table at most a quarter full, so that one that is not there is mostly seen not
/// to be by a single look.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    /// (number, place and one), the latter zero where there is none; a power of two of them.
    cells: Vec<(u32, u32)>,
    shift: u32,
}

impl Table {
    /// For at most `count` numbers.
    pub(super) fn with_room(count: usize) -> Self {
        let size = (4 * count).next_power_of_two();
        Self { cells: vec![(0, 0); size], shift: 64 - size.ilog2() }
    }

    /// The place of a number that there is.
    #[inline]
    pub(super) fn place_of(&self, number: u32) -> Option<u32> {
        let mut at = self.first_cell(number);
        loop {
            match self.cells.get(at) {
                Some((_, 0)) | None => return None,
                Some((other, place)) if *other == number => return Some(*place - 1),
                Some(_) => at = self.next_cell(at),
            }
        }
    }

    /// The place of a number; `place` from now on, where it has none.
    #[inline]
    pub(super) fn place_or(&mut self, number: u32, place: u32) -> u32 {
        let mut at = self.first_cell(number);
        while let Some(cell) = self.cells.get_mut(at) {
            match cell {
                (_, 0) => {
                    *cell = (number, place + 1);
                    break;
                }
                (other, place) if *other == number => return *place - 1,
                _ => at = self.next_cell(at),
            }
        }
        place
    }

    #[inline]
    fn first_cell(&self, number: u32) -> usize {
        // The high bits of the product depend on every bit of the number. With one cell there are none to take.
        u64::from(number).wrapping_mul(0x9E37_79B9_7F4A_7C15).checked_shr(self.shift).unwrap_or(0) as usize
    }

    #[inline]
    fn next_cell(&self, at: usize) -> usize {
        (at + 1) & (self.cells.len() - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_table_knows_every_number_by_its_place_and_no_other(
            numbers in prop::collection::btree_set(0u32..5_000, 0..600),
        ) {
            let numbers: Vec<u32> = numbers.into_iter().collect();
            let mut table = Table::with_room(numbers.len());
            for (place, number) in (0..).zip(&numbers) {
                prop_assert_eq!(table.place_or(*number, place), place);
            }
            for number in 0..5_000 {
                let plain = numbers.iter().position(|other| *other == number).map(|place| place as u32);
                prop_assert_eq!(table.place_of(number), plain);
                if let Some(place) = plain {
                    prop_assert_eq!(table.place_or(number, 9_999), place);
                }
            }
        }
    }

    #[test]
    fn a_table_never_made_knows_nothing() {
        assert_eq!(Table::default().place_of(0), None);
    }
}
