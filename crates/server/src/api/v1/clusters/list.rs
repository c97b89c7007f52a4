//! `GET /v1/clusters`

use super::view::Cluster;
use crate::api::{Guarded, problems};
use crate::app::App;
use crate::auth::{Caller, Look};
use crate::extract::Parameters;
use crate::limits::{CLUSTER_DAYS_DEFAULT, CLUSTERS_DEFAULT};
use crate::problem::{Code, Problem};
use axum::Json;
use axum::extract::State;
use cordon_model::clock::Timestamp;
use cordon_model::limits::PAGE_MAX;
use cordon_pipeline::acts::{ActSpan, read_acts_beside};
use cordon_pipeline::clusters::{Coordinated, coordinated, seconds, view};
use cordon_pipeline::detect;
use cordon_pipeline::detect::clusters::coordination::CoordinationOptions;
use serde::{Deserialize, Serialize};
use std::sync::{Arc, PoisonError};
use utoipa::{IntoParams, ToSchema};

const DAY_SECONDS: i64 = 86_400;

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Query {
    /// Two acts on one object this far apart or less are a meeting: `10s`, `5m`, `2h` or `1d`, at most `30d`; `5m` when
    /// left out.
    #[param(example = "60s")]
    pub(super) window: Option<String>,
    /// Fewest distinct days on which two accounts must meet, `1..=365`; 2 when left out.
    pub(super) min_days: Option<u32>,
    /// Fewest distinct objects on which two accounts must meet, `2..=1000`; 3 when left out.
    pub(super) min_objects: Option<u32>,
    /// Fewest members, `2..=10000`; 3 when left out.
    pub(super) min_accounts: Option<usize>,
    /// Days, up to now, whose acts are read, `1..=36500`; 30 when left out.
    pub(super) days: Option<u32>,
    /// How many, `1..=500`; 20 when left out.
    pub(super) top: Option<usize>,
}

/// Clusters, heaviest first, and what they rest on.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Clusters {
    /// Proposals for review, not findings.
    clusters: Vec<Cluster>,
    /// What they rest on.
    acts: Acts,
}

/// What clusters rest on.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Acts {
    /// Acts read.
    read: usize,
    /// Acts beyond what is kept in memory.
    left_out: u64,
    /// Popular objects that the bound on pairs left out.
    objects_left_out: usize,
    /// Pairs of accounts that met more often than chance lets them.
    pairs: usize,
    /// Pairs found where each object's times are dealt anew among those who acted on it.
    pairs_by_chance: usize,
    /// Clusters found there.
    clusters_by_chance: usize,
}

problems! {
    Refused { "400": "`parameter_invalid`" }
}

/// Finds accounts that act together, without a seed: the same objects at the same time, again and again.
///
/// Reads the acts of the last days out of the journal, so that it takes the longer the more there are; two such
/// queries run at a time. Role: viewer and above.
#[utoipa::path(
    get, path = "/v1/clusters", tag = "accounts",
    params(Query),
    responses((status = 200, body = Clusters), Guarded, Refused)
)]
pub(crate) async fn list_clusters(
    State(app): State<App>,
    _caller: Caller<Look>,
    Parameters(query): Parameters<Query>,
) -> Result<Json<Clusters>, Problem> {
    let (options, days, top) = options(&query)?;
    let found = in_place(app, move |app| find(app, days_back(app, days), &options, top));
    Ok(Json(found.await?))
}

/// Does what reads the journal and computes for long: on a thread that may block, a few at a time.
///
/// Errors: `overloaded` where others are under way.
pub(super) async fn in_place<T: Send + 'static>(
    app: App,
    find: impl FnOnce(&App) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let place = Arc::clone(&app.surfacings).try_acquire_owned();
    let place = place.map_err(|_| Problem::new(Code::Overloaded, "other surfacing queries are under way"))?;
    let found = tokio::task::spawn_blocking(move || {
        let _place = place;
        find(&app)
    });
    found.await.map_err(Problem::broken_task)?
}

fn find(app: &App, first: Timestamp, options: &CoordinationOptions, top: usize) -> Result<Clusters, Problem> {
    let Coordinated { clusters, acts } = look(app, first, options)?;
    Ok(Clusters {
        clusters: shown(app, &clusters, options, top),
        acts: Acts {
            read: acts.read,
            left_out: acts.left_out,
            objects_left_out: acts.objects_left_out,
            pairs: acts.pairs,
            pairs_by_chance: acts.pairs_by_chance,
            clusters_by_chance: acts.clusters_by_chance,
        },
    })
}

/// The first of them in words.
pub(super) fn shown(
    app: &App,
    clusters: &[detect::clusters::Cluster],
    options: &CoordinationOptions,
    top: usize,
) -> Vec<Cluster> {
    let state = app.host.state();
    let state = state.read().unwrap_or_else(PoisonError::into_inner);
    let first = clusters.iter().take(top);
    first.map(|cluster| view(&state, cluster, Some(options.window_seconds)).into()).collect()
}

/// Looks for clusters in the acts from `first` on; slow, so for a thread that may block.
pub(super) fn look(
    app: &App,
    first: Timestamp,
    options: &CoordinationOptions,
) -> Result<Coordinated, Problem> {
    Ok(coordinated(acts(app, first)?, options))
}

/// The acts from `first` on; slow, so for a thread that may block.
pub(super) fn acts(app: &App, first: Timestamp) -> Result<detect::clusters::Acts, Problem> {
    let (state, span) = (app.host.state(), ActSpan { first, ..ActSpan::default() });
    // The state is taken entry by entry: the writer does not wait for a pass over the journal.
    let acts = read_acts_beside(&state, &app.host.journal(), span, &mut |_| {});
    acts.map_err(|error| Problem::internal(&error))
}

/// The instant that lies so many days back.
pub(super) fn days_back(app: &App, days: u32) -> Timestamp {
    app.now().plus_seconds(-DAY_SECONDS * i64::from(days))
}

pub(super) fn options(query: &Query) -> Result<(CoordinationOptions, u32, usize), Problem> {
    let window = query.window.as_deref().unwrap_or("5m");
    let window_seconds = seconds(window).map_err(|wanted| invalid(&format!("`window` is {wanted}")))?;
    let options = CoordinationOptions {
        window_seconds,
        objects_min: within("min_objects", query.min_objects.unwrap_or(3), 2, 1_000)?,
        days_min: within("min_days", query.min_days.unwrap_or(2), 1, 365)?,
        accounts_min: within("min_accounts", query.min_accounts.unwrap_or(3), 2, 10_000)?,
    };
    let days = within("days", query.days.unwrap_or(CLUSTER_DAYS_DEFAULT), 1, 36_500)?;
    Ok((options, days, within("top", query.top.unwrap_or(CLUSTERS_DEFAULT), 1, PAGE_MAX)?))
}

fn within<T: PartialOrd + std::fmt::Display>(name: &str, value: T, least: T, most: T) -> Result<T, Problem> {
    if value >= least && value <= most {
        return Ok(value);
    }
    Err(invalid(&format!("`{name}` lies in {least}..={most}")))
}

fn invalid(detail: &str) -> Problem {
    Problem::new(Code::ParameterInvalid, detail)
}
