//! From margins to bits, and caps that make no ties.

/// Share of the sample beyond which evidence counts as much as it ever can: log2(m/u) ≤ log2(1/u).
const TAIL: f64 = 0.01;

/// Margins to bits: the sample's median account has none, one at its tail has log2(1/tail).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Scale {
    pub(crate) middle: f64,
    pub(crate) slope: f64,
}

impl Scale {
    /// The scale of a sample's margins.
    pub(crate) fn of(mut margins: Vec<f64>) -> Self {
        margins.sort_unstable_by(f64::total_cmp);
        let count = margins.len();
        let at = |place: usize| margins.get(place).copied().unwrap_or(0.0);
        let middle = at(count / 2);
        let tail = at(((1.0 - TAIL) * count as f64) as usize);
        let distance = if count == 0 { 1.0 } else { tail - middle };
        Self { middle, slope: libm::log2(1.0 / TAIL) / distance.max(1e-9) }
    }
}

/// Where a row bends and where it ends, upwards and downwards, in bits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Bounds {
    pub(crate) knee: f64,
    pub(crate) cap: f64,
    pub(crate) floor_knee: f64,
    pub(crate) floor: f64,
}

impl Bounds {
    /// `bits` as they are between the knees, bent beyond them towards the bounds. Strictly rising as far as floats
    /// go, so that a cap makes no ties and loses no order.
    pub(crate) fn bend(&self, bits: f64) -> f64 {
        if bits > self.knee {
            let room = self.cap - self.knee;
            self.knee + room * (1.0 - libm::exp(-(bits - self.knee) / room))
        } else if bits < self.floor_knee {
            let room = self.floor_knee - self.floor;
            self.floor_knee - room * (1.0 - libm::exp((bits - self.floor_knee) / room))
        } else {
            bits
        }
    }
}
