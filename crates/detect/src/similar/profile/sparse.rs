//! Sparse matrices, as rows of (place, value).
#![expect(
    clippy::indexing_slicing,
    reason = "places are below the width of what they index by construction; tests hold all against a dense twin"
)]

use std::ops::Range;

/// Sums that run side by side: one alone waits for its own last addition.
const LANES: usize = 4;

/// Rows one after the other, each in order of place.
pub(crate) struct Sparse {
    starts: Vec<u32>,
    places: Vec<u32>,
    values: Vec<f32>,
}

impl Default for Sparse {
    fn default() -> Self {
        Self { starts: vec![0], places: Vec::new(), values: Vec::new() }
    }
}

impl Sparse {
    /// Adds a row.
    pub(crate) fn push(&mut self, row: impl Iterator<Item = (u32, f32)>) {
        for (place, value) in row {
            self.places.push(place);
            self.values.push(value);
        }
        self.starts.push(self.places.len() as u32);
    }

    /// The rows of all parts, in their order.
    pub(crate) fn joined(parts: Vec<Self>) -> Self {
        let mut parts = parts.into_iter();
        let mut joined = parts.next().unwrap_or_default();
        for part in parts {
            let before = joined.places.len() as u32;
            joined.starts.extend(part.starts.iter().skip(1).map(|start| before + start));
            joined.places.extend(part.places);
            joined.values.extend(part.values);
        }
        joined
    }

    /// How many rows there are.
    pub(crate) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// The places of all rows.
    pub(crate) fn places(&self) -> &[u32] {
        &self.places
    }

    /// Puts `new[place]` for every place; the order must stay.
    pub(crate) fn renumber(&mut self, new: &[u32]) {
        self.places.iter_mut().for_each(|place| *place = new[*place as usize]);
    }

    /// Places and values of a row.
    pub(crate) fn row(&self, row: usize) -> (&[u32], &[f32]) {
        let range = self.range(row);
        (&self.places[range.clone()], &self.values[range])
    }

    /// Product of one row with a vector.
    pub(crate) fn dot(&self, row: usize, vector: &[f64]) -> f64 {
        let (places, values) = self.row(row);
        let mut sums = [0.0; LANES];
        let (whole, rest) = places.as_chunks::<LANES>();
        let (whole_values, rest_values) = values.as_chunks::<LANES>();
        for (places, values) in whole.iter().zip(whole_values) {
            for lane in 0..LANES {
                sums[lane] += f64::from(values[lane]) * vector[places[lane] as usize];
            }
        }
        let rest =
            rest.iter().zip(rest_values).map(|(place, value)| f64::from(*value) * vector[*place as usize]);
        sums.iter().sum::<f64>() + rest.sum::<f64>()
    }

    /// Adds `factor` times the product of each row with a vector.
    pub(crate) fn add_products(&self, factor: f64, vector: &[f64], sums: &mut [f64]) {
        if factor != 0.0 {
            sums.iter_mut().enumerate().for_each(|(row, sum)| *sum += factor * self.dot(row, vector));
        }
    }

    /// Adds the rows to a vector, each times `factor` and its weight; rows beyond the weights count nothing.
    pub(crate) fn add_rows(&self, factor: f64, by_row: &[f64], vector: &mut [f64]) {
        for (row, weight) in by_row.iter().enumerate().filter(|(_, weight)| factor * **weight != 0.0) {
            let (places, values) = self.row(row);
            for (place, value) in places.iter().zip(values) {
                vector[*place as usize] += factor * weight * f64::from(*value);
            }
        }
    }

    fn range(&self, row: usize) -> Range<usize> {
        self.starts[row] as usize..self.starts[row + 1] as usize
    }
}
