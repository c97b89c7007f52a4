//! How alike accounts write and whom they name: the seeds against a fixed sample of everybody.
//!
//! A logistic model over the profile stores' terms tells the seeds from the sample; its margin, scaled so that the
//! sample's median account has no bits and one at its 1 % tail has log2(100), is the row of group `content` (what
//! is written) or `social` (who is named). Below three seeds the model is the seeds' mean: plain TF-IDF.
//!
//! Source: positive-unlabelled learning; the constants were chosen by measuring on labelled campaigns.

pub(crate) mod block;
pub(crate) mod fit;
pub(crate) mod logistic;
pub(crate) mod refine;
pub(crate) mod sample;
pub(crate) mod scale;
pub(crate) mod sparse;
pub(crate) mod trust;

pub(crate) use fit::{ProfileModel, ProfileScore};

#[cfg(test)]
mod tests;
