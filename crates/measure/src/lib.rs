//! Measuring what was done: from the record and the journal, never counted on the side.
//!
//! The one design decision: a figure is a pure function of rows that are there for another reason, so that nobody
//! can forget to count and a figure can be computed again by whoever doubts it.
//!
//! Refuses to do: deciding, and knowing the truth; where a truth is known (a simulation, a labelled sample) it is an
//! argument. Read first: [`story`].

pub mod arrivals;
pub mod facts;
pub mod prevalence;
pub mod quality;
pub mod quantiles;
pub mod reliability;
pub mod responses;
pub mod story;
pub mod truth;

pub use arrivals::Arrivals;
pub use facts::RecordFacts;
pub use prevalence::Prevalence;
pub use quality::Quality;
pub use quantiles::Quantiles;
pub use reliability::Reliability;
pub use responses::Responses;
pub use story::Story;
pub use truth::{AgainstTruth, Truth, share};
