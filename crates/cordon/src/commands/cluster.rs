//! `cordon cluster`: accounts that act together, with the evidence they share.

use super::Shared;
use super::admin::say;
use super::token::by;
use crate::cli::Cluster as Options;
use crate::data::{Data, Opening};
use crate::exit::Exit;
use crate::graph::LinkGraph;
use crate::print;
use anyhow::{Context, Result, bail};
use cordon_detect::clusters::communities::{self, CommunityOptions};
use cordon_detect::clusters::coordination::CoordinationOptions;
use cordon_detect::clusters::seeded::SeededOptions;
use cordon_detect::clusters::{Acts, Cluster};
use cordon_enforce::ports::ClusterDesk;
use cordon_model::clock::Timestamp;
use cordon_model::cluster_case::ClusterKind;
use cordon_model::ids::AccountId;
use cordon_pipeline::Evaluator;
use cordon_pipeline::acts::{ActSpan, read_acts};
use cordon_pipeline::clusters::{ActsRead, ClusterView, Coordinated, around, span, view};
use serde::Serialize;
use serde_json::json;
use std::sync::PoisonError;

/// Members that the table names of each cluster; `--explain`, `--json` and `--csv` have all.
const MEMBERS_SHOWN: usize = 5;
/// Evidence rows that the table shows of each cluster.
const ROWS_SHOWN: usize = 3;
const DAY_SECONDS: i64 = 86_400;

/// What was found, and how.
#[derive(Serialize)]
struct Report {
    clusters: Vec<ClusterView>,
    /// For coordination: what it rests on.
    #[serde(skip_serializing_if = "Option::is_none")]
    acts: Option<ActsRead>,
    /// For weaker evidence: how much of it may be chance.
    #[serde(skip_serializing_if = "Option::is_none")]
    weaker: Option<WeakerPairs>,
}

/// Pairs found on weaker evidence.
#[derive(Clone, Copy, Serialize)]
struct WeakerPairs {
    pairs: usize,
    /// Pairs at least as rare where times are dealt anew, on average.
    pairs_by_chance: f64,
}

/// Runs the command.
pub fn run(shared: &Shared, options: &Options) -> Result<Exit> {
    let data = Data::open(shared, Opening::default())?;
    let state = data.pipeline.state();
    let state = state.read().unwrap_or_else(PoisonError::into_inner);
    let seed = options.seed.as_deref().map(AccountId::from);
    let mut weaker = None;
    let (mut clusters, around_seed, acts) = match &seed {
        Some(seed) => {
            let (cluster, view) = seeded(&state, seed, options)?.unzip();
            (Vec::from_iter(cluster), view, None)
        }
        None if options.communities => (communities(&state, options), None, None),
        None if options.weaker => {
            let found = cordon_pipeline::clusters::weaker(read(&data, &state, options)?, &wanted(options));
            weaker = Some(WeakerPairs { pairs: found.pairs, pairs_by_chance: found.pairs_by_chance });
            (found.clusters, None, None)
        }
        None => {
            let (found, acts) = coordinated(&data, &state, options)?;
            (found, None, Some(acts))
        }
    };
    let window = (acts.is_some() || options.weaker).then_some(options.window);
    if let Some(wanted) = &options.explain {
        clusters
            .retain(|cluster| cordon_pipeline::clusters::cluster_id(state.detection(), cluster) == *wanted);
        if clusters.is_empty() {
            bail!("no cluster {wanted} with these options; clusters are named by their members");
        }
    }
    clusters.truncate(options.top);
    let views: Vec<ClusterView> = match around_seed {
        Some(view) => vec![view],
        None => clusters.iter().map(|cluster| view(&state, cluster, window)).collect(),
    };
    LinkGraph::of_clusters(&state, &clusters, seed.as_ref()).write(&options.drawing)?;
    if options.open_case {
        return open_case(shared, options, &data, &views);
    }
    let report = Report { clusters: views, acts, weaker };
    match (shared.is_json, options.csv, &options.explain) {
        (true, ..) => print::json(&report)?,
        (_, true, _) => csv(&report.clusters),
        (_, _, Some(_)) => report.clusters.iter().for_each(explain),
        _ => overview(&report, options),
    }
    Ok(Exit::Clean)
}

/// Opens a case for the one cluster that was asked for.
fn open_case(shared: &Shared, options: &Options, data: &Data, views: &[ClusterView]) -> Result<Exit> {
    let (kind, window) = match (&options.seed, options.communities) {
        (Some(_), _) => (ClusterKind::Seed, None),
        (None, true) => (ClusterKind::Community, None),
        (None, false) => (ClusterKind::Coordination, Some(options.window)),
    };
    let [found] = views else {
        bail!("--open-case takes one cluster: name it with --explain, or an account in one with --seed");
    };
    if options.explain.is_none() && options.seed.is_none() {
        bail!("--open-case opens the cluster {} with --explain {}", found.cluster_id, found.cluster_id);
    }
    let new = found.to_case(kind, window);
    let opened = data.runtime.block_on(data.record.open_cluster(&new, &by(), data.pipeline.now()))?;
    let id = &opened.cluster_case.cluster_case_id;
    let json = json!({ "cluster_case_id": id, "is_new": opened.is_new, "cluster": found });
    let text = if opened.is_new {
        format!("opened {id}: {} accounts, each with a case of its own", opened.cluster_case.member_count)
    } else {
        format!("{id} is open already: {} accounts", opened.cluster_case.member_count)
    };
    say(shared, json, &text)
}

fn seeded(state: &Evaluator, seed: &AccountId, options: &Options) -> Result<Option<(Cluster, ClusterView)>> {
    let wanted = SeededOptions { objects_min: options.min_objects as usize, ..SeededOptions::default() };
    let found = around(state, seed, &wanted);
    Ok(found.with_context(|| format!("{seed} is unknown: no event ever named it"))?.cluster)
}

fn communities(state: &Evaluator, options: &Options) -> Vec<Cluster> {
    let (objects_min, accounts_min) = (options.min_objects as usize, options.min_accounts);
    let wanted = CommunityOptions { objects_min, accounts_min, ..CommunityOptions::default() };
    communities::find(state.detection(), &wanted)
}

fn coordinated(data: &Data, state: &Evaluator, options: &Options) -> Result<(Vec<Cluster>, ActsRead)> {
    let acts = read(data, state, options)?;
    let Coordinated { clusters, acts } = cordon_pipeline::clusters::coordinated(acts, &wanted(options));
    Ok((clusters, acts))
}

fn wanted(options: &Options) -> CoordinationOptions {
    CoordinationOptions {
        window_seconds: options.window,
        objects_min: options.min_objects,
        days_min: options.min_days,
        accounts_min: options.min_accounts,
    }
}

fn read(data: &Data, state: &Evaluator, options: &Options) -> Result<Acts> {
    let journal = data.pipeline.journal();
    let since = options.days.map(|days| data.pipeline.now().plus_seconds(-DAY_SECONDS * i64::from(days)));
    let first = options.since.or(since).unwrap_or(ActSpan::default().first);
    let bar = print::count_bar(journal.entries().last.0);
    bar.set_message("reading the journal");
    let acts = read_acts(state, &journal, ActSpan { first, ..ActSpan::default() }, &mut |offset| {
        bar.set_position(offset.0);
    });
    bar.finish_and_clear();
    Ok(acts?)
}

fn overview(report: &Report, options: &Options) {
    if let Some(acts) = &report.acts {
        println!(
            "{} acts read; {} pairs met within {} more often than chance lets them, {} where times are dealt anew",
            print::count(acts.read as u64),
            print::count(acts.pairs as u64),
            span(options.window),
            print::count(acts.pairs_by_chance as u64)
        );
        if acts.left_out > 0 || acts.objects_left_out > 0 {
            eprintln!(
                "left out, beyond what is kept in memory: {} acts, {} popular objects",
                print::count(acts.left_out),
                print::count(acts.objects_left_out as u64)
            );
        }
    }
    if let Some(weaker) = report.weaker {
        println!(
            "{} pairs met again and again within {}; {:.1} as rare are found where times are dealt anew, so weaker evidence",
            print::count(weaker.pairs as u64),
            span(options.window),
            weaker.pairs_by_chance
        );
    }
    let mut table = print::table(&["cluster", "bits", "accounts", "tied", "days", "members", "evidence"]);
    for cluster in &report.clusters {
        let ids = cluster.members.iter().take(MEMBERS_SHOWN).map(|member| member.account_id.as_str());
        let mut ids: Vec<&str> = ids.collect();
        if cluster.members.len() > MEMBERS_SHOWN {
            ids.push("…");
        }
        let rows: Vec<&str> = cluster.evidence.iter().take(ROWS_SHOWN).map(|row| row.text.as_str()).collect();
        let days = if cluster.days == 0 { "–".to_owned() } else { cluster.days.to_string() };
        table.add_row(vec![
            cluster.cluster_id.as_str().into(),
            print::right(format!("{:.0}", cluster.weight)),
            print::right(print::count(cluster.members.len() as u64)),
            print::right(format!("{:.0} %", cluster.density * 100.0)),
            print::right(days),
            ids.join("\n").into(),
            rows.join("\n").into(),
        ]);
    }
    println!("{table}");
    println!("A cluster is a proposal for review, no finding. One of them in full: --explain CLUSTER");
}

fn explain(cluster: &ClusterView) {
    println!(
        "cluster {}: {} accounts, {:.1} bits, {:.0} % of pairs tied{}",
        cluster.cluster_id,
        cluster.members.len(),
        cluster.weight,
        cluster.density * 100.0,
        between(cluster.first, cluster.last)
    );
    for row in &cluster.evidence {
        println!("  {}", row.text);
        let named: Vec<&str> = row.terms.iter().map(|(value, _)| value.as_str()).collect();
        if !named.is_empty() {
            println!("    the rarest: {}", named.join(", "));
        }
    }
    let mut table = print::table(&["#", "account", "bits", "tied to", "objects", "standing"]);
    for (place, member) in (1..).zip(&cluster.members) {
        table.add_row(vec![
            print::right(place),
            member.account_id.as_str().into(),
            print::right(format!("{:.1}", member.belonging)),
            print::right(member.partners),
            print::right(member.objects),
            format!("{:?}", member.standing).to_lowercase().into(),
        ]);
    }
    println!("{table}");
}

fn between(first: Option<Timestamp>, last: Option<Timestamp>) -> String {
    first.zip(last).map(|(first, last)| format!(", from {first} to {last}")).unwrap_or_default()
}

fn csv(clusters: &[ClusterView]) {
    println!("cluster_id,cluster_weight,account_id,belonging,partners,objects,evidence");
    for cluster in clusters {
        let text: Vec<&str> = cluster.evidence.iter().map(|row| row.text.as_str()).collect();
        let text = print::csv_field(&text.join("; "));
        for member in &cluster.members {
            println!(
                "{},{:.3},{},{:.3},{},{},{text}",
                cluster.cluster_id,
                cluster.weight,
                print::csv_field(member.account_id.as_str()),
                member.belonging,
                member.partners,
                member.objects,
            );
        }
    }
}
