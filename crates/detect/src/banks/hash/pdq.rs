//! PDQ: 256 bits of a picture that survive scaling, compression and small edits.
//!
//! Two passes of a box filter each way (Jarosz) bring the luminance down to 64 × 64, a cosine transform keeps the
//! 16 × 16 lowest frequencies without the constant one, and each bit says whether its coefficient lies above the
//! median. A turned or mirrored picture has the same coefficients, transposed or with signs changed, so that all
//! eight forms come out of one transform.
//! Source: own port of the description and reference of PDQ (github.com/facebook/ThreatExchange, pdq/), BSD.
#![expect(
    clippy::indexing_slicing,
    reason = "a hash kernel: sides are 16 and 64, and strided reads stay below rows × columns"
)]

use std::fmt;

/// Pixels of a side after the filter.
const SIDE: usize = 64;
/// Frequencies kept each way.
const FREQUENCIES: usize = 16;
/// Passes of the box filter.
const PASSES: usize = 2;
/// Pixels that a side must have at least.
const SIDE_MIN: usize = 5;
/// Steps between neighbours that make one point of quality.
const STEPS_A_POINT: i32 = 90;
/// Steps from black to white.
const STEPS: f32 = 100.0;
/// Bits set in a hash of a picture that shows something: about half, as they are cut at the median.
const TELLING_BITS: std::ops::RangeInclusive<u32> = 64..=192;

type Coefficients = [[f32; FREQUENCIES]; FREQUENCIES];

/// A PDQ hash: bit `k` is bit `k % 64` of word `k / 64`.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
pub struct Pdq(pub [u64; 4]);

impl Pdq {
    /// Reads 64 hexadecimal digits, highest bit first.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() != 64 || !text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        let word = |index: usize| u64::from_str_radix(&text[(3 - index) * 16..(4 - index) * 16], 16).ok();
        Some(Self([word(0)?, word(1)?, word(2)?, word(3)?]))
    }

    /// Bits in which two hashes differ, `0..=256`.
    pub fn distance(self, other: Self) -> u32 {
        self.0.iter().zip(other.0).map(|(mine, theirs)| (mine ^ theirs).count_ones()).sum()
    }

    /// Whether the hash can tell a picture from others: one of an even surface has hardly a bit set, or all.
    pub fn is_telling(self) -> bool {
        TELLING_BITS.contains(&self.distance(Self::default()))
    }
}

impl fmt::Display for Pdq {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().rev().try_for_each(|word| write!(out, "{word:016x}"))
    }
}

/// A picture's luminance, row by row, `0.0..=255.0`.
#[derive(Clone, Debug, PartialEq)]
pub struct Luma {
    rows: usize,
    columns: usize,
    pixels: Vec<f32>,
}

impl Luma {
    /// A picture of `columns` pixels a row; `None` where they do not fill whole rows.
    pub fn new(columns: usize, pixels: Vec<f32>) -> Option<Self> {
        let rows = pixels.len().checked_div(columns)?;
        (rows * columns == pixels.len()).then_some(Self { rows, columns, pixels })
    }

    /// The luminance of red, green and blue, `0..=255` each.
    pub fn of_rgb(red: u8, green: u8, blue: u8) -> f32 {
        0.299 * f32::from(red) + 0.587 * f32::from(green) + 0.114 * f32::from(blue)
    }
}

/// How a picture was turned or mirrored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dihedral {
    /// As it is.
    Upright,
    /// Turned by 90 degrees, against the clock.
    Rotated90,
    /// Turned by 180 degrees.
    Rotated180,
    /// Turned by 270 degrees, against the clock.
    Rotated270,
    /// Top and bottom exchanged.
    UpsideDown,
    /// Left and right exchanged.
    Mirrored,
    /// Rows and columns exchanged.
    Transposed,
    /// Mirrored along the other diagonal.
    AntiTransposed,
}

impl Dihedral {
    /// All eight, the upright one first.
    pub const ALL: [Dihedral; 8] = [
        Self::Upright,
        Self::Rotated90,
        Self::Rotated180,
        Self::Rotated270,
        Self::UpsideDown,
        Self::Mirrored,
        Self::Transposed,
        Self::AntiTransposed,
    ];

    /// The form's name in notes and JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Upright => "upright",
            Self::Rotated90 => "rotated-90",
            Self::Rotated180 => "rotated-180",
            Self::Rotated270 => "rotated-270",
            Self::UpsideDown => "upside-down",
            Self::Mirrored => "mirrored",
            Self::Transposed => "transposed",
            Self::AntiTransposed => "anti-transposed",
        }
    }

    /// Whether rows and columns change places, and whether coefficients of odd vertical and of odd horizontal
    /// frequency change their sign, before they do.
    const fn change(self) -> (bool, bool, bool) {
        match self {
            Self::Upright => (false, false, false),
            Self::Rotated90 => (true, false, true),
            Self::Rotated180 => (false, true, true),
            Self::Rotated270 => (true, true, false),
            Self::UpsideDown => (false, true, false),
            Self::Mirrored => (false, false, true),
            Self::Transposed => (true, false, false),
            Self::AntiTransposed => (true, true, true),
        }
    }

    fn of(self, upright: &Coefficients) -> Coefficients {
        let (is_transposed, flips_rows, flips_columns) = self.change();
        let mut changed = [[0.0; FREQUENCIES]; FREQUENCIES];
        for (row, values) in upright.iter().enumerate() {
            for (column, value) in values.iter().enumerate() {
                // Index 0 holds the frequency 1: even indexes are the odd frequencies.
                let is_flipped = (flips_rows && row % 2 == 0) != (flips_columns && column % 2 == 0);
                let value = if is_flipped { -value } else { *value };
                let (row, column) = if is_transposed { (column, row) } else { (row, column) };
                changed[row][column] = value;
            }
        }
        changed
    }
}

/// What hashing one picture gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PdqOfImage {
    /// One hash a form, in the order of [`Dihedral::ALL`].
    pub forms: [Pdq; 8],
    /// How much the picture shows, `0..=100`; below 50 its hash says little.
    pub quality: u8,
}

impl PdqOfImage {
    /// The hash of the picture as it is.
    pub fn upright(&self) -> Pdq {
        self.forms[0]
    }
}

/// Hashes pictures; holds the table of cosines.
#[derive(Clone, Debug)]
pub struct PdqHasher {
    cosines: [[f32; SIDE]; FREQUENCIES],
}

impl Default for PdqHasher {
    fn default() -> Self {
        let scale = libm::sqrt(2.0 / SIDE as f64);
        let cosine = |frequency: usize, place: usize| {
            let angle =
                std::f64::consts::PI / 2.0 / SIDE as f64 * (frequency + 1) as f64 * (2 * place + 1) as f64;
            (scale * libm::cos(angle)) as f32
        };
        Self { cosines: std::array::from_fn(|row| std::array::from_fn(|place| cosine(row, place))) }
    }
}

impl PdqHasher {
    /// Hashes a picture; `None` where a side has fewer than five pixels.
    pub fn hash(&self, image: Luma) -> Option<PdqOfImage> {
        if image.rows.min(image.columns) < SIDE_MIN {
            return None;
        }
        let small = decimate(&filter(image));
        let upright = self.transform(&small);
        let forms = Dihedral::ALL.map(|form| bits(&form.of(&upright)));
        Some(PdqOfImage { forms, quality: quality(&small) })
    }

    /// The lowest frequencies each way, the constant left out.
    fn transform(&self, small: &[[f32; SIDE]; SIDE]) -> Coefficients {
        let mut half = [[0.0_f32; SIDE]; FREQUENCIES];
        for (row, cosines) in half.iter_mut().zip(&self.cosines) {
            for (line, cosine) in small.iter().zip(cosines) {
                row.iter_mut().zip(line).for_each(|(sum, pixel)| *sum += cosine * pixel);
            }
        }
        let dot = |one: &[f32; SIDE], two: &[f32; SIDE]| one.iter().zip(two).map(|(a, b)| a * b).sum();
        std::array::from_fn(|row| std::array::from_fn(|column| dot(&half[row], &self.cosines[column])))
    }
}

/// Two passes of a box along rows and along columns, as wide as makes 64 pixels independent.
fn filter(mut image: Luma) -> Luma {
    let (rows, columns) = (image.rows, image.columns);
    let window = |length: usize| length.div_ceil(2 * SIDE);
    let (along_row, along_column) = (window(columns), window(rows));
    let mut scratch = vec![0.0; image.pixels.len()];
    for _ in 0..PASSES {
        for row in 0..rows {
            let line = row * columns..(row + 1) * columns;
            blur(&image.pixels[line.clone()], &mut scratch[line], along_row);
        }
        blur_columns(&scratch, &mut image.pixels, columns, along_column);
    }
    image
}

/// Where the window of output `place` begins and ends: cut at both edges.
fn window_at(place: usize, length: usize, window: usize) -> (usize, usize) {
    let end = place + (window + 2) / 2;
    (end.saturating_sub(window), end.min(length))
}

/// The mean of `window` neighbours, fewer at the edges.
fn blur(values: &[f32], blurred: &mut [f32], window: usize) {
    let (mut begin, mut end, mut sum) = (0, 0, 0.0_f32);
    for (place, out) in blurred.iter_mut().enumerate() {
        let (from, to) = window_at(place, values.len(), window);
        while end < to {
            sum += values[end];
            end += 1;
        }
        while begin < from {
            sum -= values[begin];
            begin += 1;
        }
        *out = sum / (end - begin) as f32;
    }
}

/// The same down all columns at once, so that memory is read row by row.
fn blur_columns(values: &[f32], blurred: &mut [f32], columns: usize, window: usize) {
    let rows = values.len() / columns;
    let mut sums = vec![0.0_f32; columns];
    let (mut begin, mut end) = (0, 0);
    let line = |row: usize| &values[row * columns..(row + 1) * columns];
    for (row, out) in blurred.chunks_exact_mut(columns).enumerate() {
        let (from, to) = window_at(row, rows, window);
        while end < to {
            sums.iter_mut().zip(line(end)).for_each(|(sum, value)| *sum += value);
            end += 1;
        }
        while begin < from {
            sums.iter_mut().zip(line(begin)).for_each(|(sum, value)| *sum -= value);
            begin += 1;
        }
        let count = (end - begin) as f32;
        out.iter_mut().zip(&sums).for_each(|(out, sum)| *out = sum / count);
    }
}

/// The middle pixel of each of 64 × 64 fields.
fn decimate(image: &Luma) -> [[f32; SIDE]; SIDE] {
    let middle = |index: usize, length: usize| (2 * index + 1) * length / (2 * SIDE);
    std::array::from_fn(|row| {
        let line = middle(row, image.rows) * image.columns;
        std::array::from_fn(|column| image.pixels[line + middle(column, image.columns)])
    })
}

/// How much there is to see: the sum of steps between neighbours.
fn quality(small: &[[f32; SIDE]; SIDE]) -> u8 {
    let step = |one: f32, two: f32| ((one - two) * STEPS / 255.0) as i32;
    let down = small.windows(2).flat_map(|pair| pair[0].iter().zip(&pair[1]));
    let along = small.iter().flat_map(|row| row.iter().zip(&row[1..]));
    let sum: i32 = down.chain(along).map(|(one, two)| step(*one, *two).abs()).sum();
    (sum / STEPS_A_POINT).clamp(0, 100) as u8
}

fn bits(coefficients: &Coefficients) -> Pdq {
    let mut sorted: Vec<f32> = coefficients.iter().flatten().copied().collect();
    sorted.sort_unstable_by(f32::total_cmp);
    // The lower of the two middle ones, as the reference takes it.
    let median = sorted[FREQUENCIES * FREQUENCIES / 2 - 1];
    let mut hash = Pdq::default();
    for (bit, value) in coefficients.iter().flatten().enumerate() {
        if *value > median {
            hash.0[bit / 64] |= 1 << (bit % 64);
        }
    }
    hash
}

#[cfg(test)]
mod tests;
