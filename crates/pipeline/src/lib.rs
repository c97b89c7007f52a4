//! The pipeline: entry → evaluate → commit → publish.
//!
//! The one design decision: one writer, and a total order. Whatever may run on many threads (reading JSON, hashing,
//! cutting texts) happens before the order is given, in [`intake`]; whatever depends on what came before happens
//! after, on one thread, as a pure function of the entries. So the same journal always gives the same state and
//! the same effects, and a crash costs a replay, never an entry.
//!
//! Refuses to do: HTTP, SQL, deciding anything about a person. Read first: [`pipeline`] and [`evaluate`].

pub mod acts;
mod archive;
pub mod banks;
pub mod clusters;
pub mod error;
pub mod evaluate;
mod facts;
pub mod folder;
pub mod intake;
pub mod names;
pub mod pipeline;
pub mod relay;
mod replay;
pub mod returns;
pub mod rules;
pub mod surface;
pub mod upkeep;

pub use cordon_detect as detect;
pub use cordon_journal as journal;
pub use error::PipelineError;
pub use evaluate::Evaluator;
pub use folder::DataFolder;
pub use intake::{Chunk, PreparedChunk, prepare};
pub use pipeline::{Durability, Pipeline, PipelineOptions, Taken};
pub use upkeep::{RunningUpkeep, Upkeep, UpkeepOptions};
