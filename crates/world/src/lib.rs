//! A simulated platform whose every account's truth is known: for the demo, load tests and tests.
//!
//! The one design decision: all chance comes from streams keyed by (random seed, account, day), and almost
//! everything about an account is computed from its number rather than stored. Two runs that suspend
//! different accounts therefore see the same arrivals for everybody who is not affected, and a million
//! accounts fit into a few dozen bytes each.
//!
//! The loop is closed: [`World::next_hour`] gives an hour of events, the caller suspends whom it will, and the
//! holders of suspended accounts come back, or do not. [`simulate()`] closes the loop with a slow platform of
//! its own and writes files.
//!
//! People, places, words and the movement ("the Grey Banner") are invented. Refuses to do: detection, or
//! telling `detect` anything; only tests and evaluations may look at [`Truth`].
//! Read first: [`config`] (how hard the world is) and `world.rs` (how an hour is made).

mod accounts;
pub mod config;
mod content;
pub mod difficulty;
mod emit;
mod follows;
mod identity;
mod language;
pub mod lookalike;
mod plan;
mod platform;
mod population;
mod reports;
mod returns;
mod reviewer;
mod simulate;
mod stream;
mod truth;
mod world;
mod zipf;

pub use config::WorldConfig;
pub use difficulty::Difficulty;
pub use emit::{EventLine, EventSink};
pub use language::Language;
pub use platform::SlowPlatform;
pub use population::{HolderId, Role};
pub use reviewer::{Review, ScriptedReviewer};
pub use simulate::{Simulation, simulate};
pub use truth::Truth;
pub use world::{Hour, World};
