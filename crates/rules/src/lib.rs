//! SML, the rule language of Osprey: rule sets written for it load here unchanged and give the same results.
//!
//! The one design decision: a rule set is a graph, not a script. It is checked as a whole, every mistake at once
//! ([`Diagnostic`]), and compiled to a flat [`Program`] in which equal expressions are one node, constants are
//! folded, and paths and patterns are ready; evaluating an event is one pass over that list.
//!
//! Refuses to do: I/O, clocks, randomness. What rules may ask of the world is the trait [`Host`]. Read first:
//! `check` (what a rule set may say) and `eval` (what it then means).
//!
//! Known differences from Osprey 1.1.0:
//! - what crashes its validator is an ordinary diagnostic here; attributes and nested generics are refused;
//! - negative constants keep their sign however often a text is loaded; locals may be bound to them;
//! - an empty configuration file configures nothing, instead of emptying the others; none at all is allowed;
//! - `WhenRules` lists that are no literals are refused when rules load, not when they run;
//! - an experiment is known wherever its name is visible; it names no bucket twice, and `local_bucketing` changes nothing;
//! - of a configuration `labels`, `feature_flags` and `analytics` are checked; other known keys are taken as they are;
//! - windows, label ages and `HasLabel` run on the host's clock ([`Host::now`]), not on the wall clock;
//! - `nan` and `inf` are `null` in JSON; powers that are complex numbers raise;
//! - the two halves of a character that stand alone in JSON become U+FFFD;
//! - `\b` in patterns follows Unicode's words, which differ from Python's in combining marks; `(?L)` and `\N{…}`
//!   are refused; patterns with look-around or back-references have a bounded number of steps;
//! - whole numbers, texts, lists, steps and depth are bounded by `cordon_model::limits`;
//! - `StringClean` knows enclosed and mathematical letters and a few signs as look-alikes, not Osprey's whole table;
//! - lists of addresses and domains are in the order of the text, where Osprey's order is unspecified;
//! - a word list that is named and not there is a warning and counts as empty; `SimpleListContains` looks for the words of its call, not
//!   for those of the first call under its `cache_name`; of several words found the first in the text counts;
//! - look-alikes of letters are seen through by Unicode's own tables and the usual digits and signs, and what is told is
//!   the word of the list, not a pattern;
//! - effects on other platforms (`AtprotoLabel` and its kin, `BanNostrEvent`, `BanUser`) are signals; see [`left_out_functions`] for what
//!   is not there at all;
//! - a value that cannot be read as its type, and need not be there, counts as missing without an error, as in Osprey
//!   after 1.1.0; `**`, `<<` and `>>`, which it refuses since, still work;
//! - ids of `GetSnowflakeBucket` count from 1970, where Osprey's deployment may set another beginning;
//! - `TimeSince` reads ISO 8601 and the usual date forms, not everything that dateutil guesses at.

mod builtins;
mod check;
mod compile;
mod config;
mod diagnostics;
mod eval;
mod host;
mod lists;
mod outline;
mod pattern;
mod query;
mod source;
mod syntax;

pub use builtins::{FunctionHelp, LeftOut, functions, left_out_functions};
pub use compile::{Program, ProgramSize};
pub use diagnostics::{Diagnostic, Severity, Span};
pub use eval::json::{Document, DocumentError};
pub use eval::world::Action;
pub use eval::{Evaluation, HoldEffect, LabelEffect, MatchedRule, ReviewEffect, RuleError, SignalEffect};
pub use host::{Clock, Host, HostError, Label, LabelReason};
pub use outline::{Change, Changed, Difference, Outlined, StatementKind, compare, outline};
pub use query::Query;
pub use source::Sources;
