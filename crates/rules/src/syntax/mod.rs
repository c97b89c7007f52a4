//! From text to a syntax tree: Python's grammar, cut down to what SML allows, with every mistake at once.

mod depth;
mod parse;
pub(crate) mod tree;

pub(crate) use parse::parse;
