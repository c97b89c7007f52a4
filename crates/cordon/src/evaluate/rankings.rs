//! Every draw's seeds and ranking, written to a file: for those who would look into a figure, or draw their own.

use super::scratch::Scratch;
use anyhow::{Context, Result};
use cordon_detect::links::AccountNumber;
use serde::Serialize;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// The file, one JSON object a line.
pub(crate) struct Rankings {
    path: PathBuf,
    file: BufWriter<File>,
}

#[derive(Serialize)]
struct Line<'l> {
    task: &'l str,
    setup: &'static str,
    seeds: Vec<&'l str>,
    /// Account and weight in bits, best first.
    ranking: Vec<(String, f64)>,
}

impl Rankings {
    pub(crate) fn create(path: &Path) -> Result<Self> {
        let file = File::create(path).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(Self { path: path.to_owned(), file: BufWriter::new(file) })
    }

    /// Writes one draw.
    pub(crate) fn write(
        &mut self,
        (task, setup): (&str, &'static str),
        seeds: Vec<&str>,
        (scratch, ranking): (&Scratch, &[(AccountNumber, f64)]),
    ) -> Result<()> {
        let ranking = scratch.named(ranking);
        let written = serde_json::to_writer(&mut self.file, &Line { task, setup, seeds, ranking });
        let ended = written.map_err(std::io::Error::from).and_then(|()| self.file.write_all(b"\n"));
        ended
            .and_then(|()| self.file.flush())
            .with_context(|| format!("cannot write {}", self.path.display()))
    }
}
