//! Time as an argument: [`Timestamp`], [`Day`] and the [`Clock`] that every shell passes inward.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};

/// An instant in UTC, in microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

/// A calendar day in UTC, counted from 1970-01-01; good until 2149.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Day(pub u16);

const MICROS_PER_SECOND: i64 = 1_000_000;
const SECONDS_PER_DAY: i64 = 86_400;

impl Timestamp {
    /// The instant `seconds` after the epoch.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(MICROS_PER_SECOND))
    }

    /// Whole seconds since the epoch, rounded down.
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(MICROS_PER_SECOND)
    }

    /// The instant `seconds` later (earlier where negative), saturating.
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(MICROS_PER_SECOND)))
    }

    /// Seconds from `earlier` to `self`, with fraction; negative where `earlier` is later.
    pub fn seconds_since(self, earlier: Timestamp) -> f64 {
        (self.0 - earlier.0) as f64 / MICROS_PER_SECOND as f64
    }

    /// The UTC day that holds this instant, clamped to what [`Day`] can say.
    pub fn day(self) -> Day {
        Day(self.seconds().div_euclid(SECONDS_PER_DAY).clamp(0, i64::from(u16::MAX)) as u16)
    }

    /// Hour of the UTC day, `0..24`.
    pub fn hour(self) -> u8 {
        (self.seconds().rem_euclid(SECONDS_PER_DAY) / 3_600) as u8
    }

    /// Reads RFC 3339 text with an offset (`2016-02-05T10:00:00Z`); `None` where it is not that.
    pub fn parse(text: &str) -> Option<Self> {
        let instant: jiff::Timestamp = text.parse().ok()?;
        Some(Self(instant.as_microsecond()))
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC, with as many decimals as the instant needs.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_microsecond(self.0) {
            Ok(instant) => write!(out, "{instant}"),
            Err(_) => write!(out, "{}us", self.0),
        }
    }
}

impl Day {
    /// Days from `earlier` to `self`; zero where `earlier` is later.
    pub const fn days_since(self, earlier: Day) -> u16 {
        self.0.saturating_sub(earlier.0)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = Timestamp::from_seconds(i64::from(self.0) * SECONDS_PER_DAY).to_string();
        write!(out, "{}", text.split('T').next().unwrap_or(&text))
    }
}

/// Where "now" comes from. Shells hold one; everything within takes a [`Timestamp`].
pub trait Clock: Send + Sync {
    /// The present instant.
    fn now(&self) -> Timestamp;
}

/// The machine's clock: the only place in the product that reads it.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the wrapper that the ban points to")]
    fn now(&self) -> Timestamp {
        let since_epoch = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        Timestamp(since_epoch.map_or(0, |elapsed| elapsed.as_micros() as i64))
    }
}

/// The machine's clock, moved: what was simulated goes on from where it ended.
#[derive(Clone, Copy, Debug)]
pub struct MovedClock {
    micros: i64,
}

impl MovedClock {
    /// A clock that reads `now` now, and runs.
    pub fn starting_at(now: Timestamp) -> Self {
        Self { micros: now.0 - SystemClock.now().0 }
    }
}

impl Clock for MovedClock {
    fn now(&self) -> Timestamp {
        Timestamp(SystemClock.now().0 + self.micros)
    }
}

/// A clock that stands still until it is told: simulations and tests.
#[derive(Debug, Default)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock that reads `now`.
    pub fn at(now: Timestamp) -> Self {
        Self(AtomicI64::new(now.0))
    }

    /// Moves the clock to `now`, backwards too.
    pub fn set(&self, now: Timestamp) {
        self.0.store(now.0, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn day_and_hour_are_those_of_utc() {
        let instant = Timestamp::parse("2016-02-05T23:30:00-02:00").unwrap();
        assert_eq!(instant.to_string(), "2016-02-06T01:30:00Z");
        assert_eq!((instant.day().to_string().as_str(), instant.hour()), ("2016-02-06", 1));
    }

    #[test]
    fn text_without_an_offset_is_refused() {
        assert_eq!(Timestamp::parse("2016-02-05T10:00:00"), None);
        assert_eq!(Timestamp::parse("yesterday"), None);
    }

    proptest! {
        #[test]
        fn printing_then_parsing_gives_the_same_instant(micros in 0i64..4_000_000_000_000_000) {
            prop_assert_eq!(Timestamp::parse(&Timestamp(micros).to_string()), Some(Timestamp(micros)));
        }
    }
}
