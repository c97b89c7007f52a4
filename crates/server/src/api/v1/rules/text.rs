//! A rule set as a body brings it: files by path, bounded, one of a few at a time.

use crate::app::App;
use crate::extract::read_json;
use crate::limits::RULE_SET_BODY_BYTES_MAX;
use crate::problem::{Code, Problem};
use axum::extract::{FromRequest, Request};
use cordon_model::rule_set::RuleFile;
use cordon_pipeline::rules::{Diagnostic, Program, compile, is_rule_file};
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::OwnedSemaphorePermit;

/// Files by path, as in `{"main.sml": "…"}`.
pub(super) type Files = BTreeMap<String, String>;

/// A body that may hold a rule set, and a place among those that are read and checked at once.
pub(crate) struct RuleBody<T> {
    pub(super) body: T,
    pub(super) place: OwnedSemaphorePermit,
}

impl<T: DeserializeOwned> FromRequest<App> for RuleBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let place = Arc::clone(&app.rule_sets).try_acquire_owned();
        let place = place.map_err(|_| Problem::new(Code::Overloaded, "other rule sets are being checked"))?;
        Ok(Self { body: read_json(request, RULE_SET_BODY_BYTES_MAX).await?, place })
    }
}

/// The files as they go into the journal.
///
/// Errors: a path that is none of a rule set.
pub(super) fn rule_files(files: Files) -> Result<Vec<RuleFile>, Problem> {
    let file = |(path, text): (String, String)| match is_rule_file(&path) {
        true => Ok(RuleFile { path, text }),
        false => Err(Problem::new(
            Code::ChangeInvalid,
            "a rule set has files named `*.sml`, `config.yaml`, and `*.yaml` in folders named `config`; leave out the others",
        )),
    };
    files.into_iter().map(file).collect()
}

/// Checks the files on a thread that may block; holds the place until that is done.
pub(super) async fn checked(
    files: Vec<RuleFile>,
    place: OwnedSemaphorePermit,
) -> Result<(Vec<RuleFile>, Result<Program, Vec<Diagnostic>>), Problem> {
    let check = move || {
        let _place = place;
        let found = compile(&files);
        (files, found)
    };
    tokio::task::spawn_blocking(check).await.map_err(Problem::broken_task)
}
