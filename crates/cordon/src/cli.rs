//! The command line as typed.

pub mod appeal;
pub mod audit;
pub mod bank;
pub mod batch;
pub mod quality;
mod rules;

pub use rules::{PublishRules, Query, Rules, RulesCommand, Since};

use crate::record::RecordUrl;
use clap::{Args, Parser, Subcommand};
use cordon_pipeline::clusters::seconds;
use std::path::PathBuf;

/// Finds accounts similar to those reported, with evidence a reviewer can read.
#[derive(Debug, Parser)]
#[command(
    name = "cordon",
    version,
    max_term_width = 110,
    propagate_version = true,
    after_help = "Examples:\n  cordon demo --exit\n  cordon ingest events.ndjson.zst\n  cordon surface --seeds alice,bob --top 20\n\n`cordon COMMAND --help` has examples of each command.\nExits with 0 clean, 1 wrong usage, 2 some input rejected, 3 could not run."
)]
pub struct Cli {
    /// The data folder.
    #[arg(long, global = true, value_name = "DIR", default_value = "cordon-data")]
    pub data: PathBuf,
    /// Where the record is, unless it is in the data folder: postgres://USER:PASSWORD@HOST:PORT/DATABASE. Better in
    /// CORDON_RECORD, which no list of processes shows. The folder remembers the database, not who opens it.
    #[arg(long, global = true, value_name = "URL")]
    pub record: Option<RecordUrl>,
    /// Print JSON for machines instead of tables for people.
    #[arg(long, global = true)]
    pub json: bool,
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Take events in from files or standard input.
    #[command(
        after_help = "Examples:\n  cordon ingest events.ndjson.zst\n  zcat old.gz | cordon ingest -\n  cordon ingest --check events.ndjson\n\nFormats: NDJSON (plain, .gz, .zst), and CSV with the header object_id,account_id,content_id,timestamp_share.\nExit codes: 0 clean, 2 some lines rejected, 3 could not run."
    )]
    Ingest(Ingest),
    /// Rank the accounts that are similar to some seeds, with the evidence.
    #[command(
        after_help = "Examples:\n  cordon surface --seeds alice,bob --top 20\n  cordon surface --seeds-file reported.txt --groups url,content --json\n  cordon surface --reported --explain carol"
    )]
    Surface(Surface),
    /// Find accounts that act together: the same objects at the same time, again and again.
    #[command(
        after_help = "Examples:\n  cordon cluster --window 5m --top 10\n  cordon cluster --window 10s --days 30 --explain 1a2b3c4d5e6f\n  cordon cluster --window 10s --days 30 --explain 1a2b3c4d5e6f --open-case\n  cordon cluster --seed carol --json\n  cordon cluster --window 10s --weaker\n  cordon cluster --communities --dot clusters.dot && sfdp -Tsvg clusters.dot > clusters.svg"
    )]
    Cluster(Cluster),
    /// List young accounts that may continue suspended ones, with the evidence.
    #[command(
        after_help = "Examples:\n  cordon returns --tier likely\n  cordon returns --since 2026-02-05T10:00:00Z --json\n  cordon returns --explain carol\n\nLikely returns have a case; possible ones are watched, and raised when more speaks for them. The thresholds stand\nin links.yaml, under proposals."
    )]
    Returns(Returns),
    /// Show the newest entries of an account: what it did, and reports about it.
    #[command(after_help = "Example:\n  cordon timeline carol --count 20")]
    Timeline(Timeline),
    /// Do the whole job on a simulated platform, and print it beside what others offer.
    #[command(
        after_help = "Examples:\n  cordon demo --exit\n  cordon demo --exit --json --accounts 5000 --days 10\n  cordon demo --exit --accounts 100000 --return-weight 21"
    )]
    Demo(Demo),
    /// Serve the HTTP API and the console: events and reports in, cases and decisions out.
    #[command(
        after_help = "Examples:\n  cordon admin token create --operator alice --role admin && cordon serve\n  cordon serve --login alice\n  cordon serve --no-auth\n  cordon serve --listen 0.0.0.0:8463 --webhook-url https://platform.example/hooks --webhook-secret-file secret\n  CORDON_RECORD=postgres://cordon:PASSWORD@db.example/cordon cordon serve\n\nEnds on SIGTERM or SIGINT once everything taken in is kept. The API describes itself at /openapi.json."
    )]
    Serve(Serve),
    /// Measure what cordon finds against what is known.
    #[command(subcommand, after_help = "Example:\n  cordon evaluate accounts labelled/")]
    Evaluate(Evaluate),
    /// Show what waits in each queue: open, unclaimed, the oldest, late, and late soon.
    #[command(
        after_help = "Examples:\n  cordon queues\n  cordon queues --targets queues.yaml --json\n\nThe file:\n  usual: { first_look_minutes: 1440, decision_minutes: 4320, due_soon_at: 0.75 }\n  queues:\n    legal: { first_look_minutes: 15, decision_minutes: 60, due_soon_at: 0.5 }\n\nTimes count from when a case was opened: to its first claim, and to its decision. Works while the server runs."
    )]
    Queues(Queues),
    /// What the record says of how well it goes.
    #[command(
        subcommand,
        after_help = "Examples:\n  cordon measure reliability --svg reliability.svg\n  cordon measure prevalence --json\n\nWorks while the server runs."
    )]
    Measure(Measure),
    /// Write a simulated platform's events and its truth to files.
    #[command(
        after_help = "Example:\n  cordon simulate --accounts 20000 --days 30 --random-seed 1 --out world"
    )]
    Simulate(Simulate),
    /// Measure what an event, a link and a query cost here, and how it grows.
    #[command(
        after_help = "Examples:\n  cordon bench\n  cordon bench --accounts-max 1000000 --days 1\n  cordon bench --events yesterday.ndjson.zst\n\nOn two cores a platform of 10,000 takes some seconds, of 100,000 half a minute, of 1,000,000 more than ten\nminutes and some 10 GB of temporary disk."
    )]
    Bench(Bench),
    /// Keep banks of known pictures, texts and addresses, and look content up in them.
    #[command(
        after_help = "Examples:\n  cordon bank create known-spam --kind url --policy spam --owner ana\n  cordon bank add known-spam --kind domain owl.example --days 90\n  cordon bank match --url https://night.owl.example/b"
    )]
    Bank(bank::BankCommand),
    /// Decide on many accounts at once: a blind sample, a second person, and one command that takes all of it back.
    #[command(
        after_help = "Examples:\n  cordon batch propose ring.txt --kind suspend --policy spam --policy-version 1 --rationale 'one campaign' --evidence 'posted the same leaflet'\n  cordon batch sample BATCH --count 10\n  cordon batch judge BATCH carol suspend\n  cordon batch approve BATCH --list-hash HASH\n  cordon batch start BATCH\n  cordon batch take-back BATCH --reason 'wrong list'\n\nWorks while the server runs. Each person acts by a token of their own, in CORDON_TOKEN."
    )]
    Batch(batch::BatchCommand),
    /// Read, check and prove the audit: who did what to whom, and that nothing of it was changed since.
    #[command(
        subcommand,
        after_help = "Examples:\n  cordon audit verify\n  cordon audit checkpoint > kept-elsewhere.txt\n  cordon audit prove 42 > proof.json && cordon audit check proof.json --key audit.vkey\n\nWorks while the server runs."
    )]
    Audit(audit::Audit),
    /// Look at appeals and decide them: somebody who had no part in the decision.
    #[command(
        after_help = "Examples:\n  cordon appeal list --late\n  cordon appeal show APPEAL\n  cordon appeal claim APPEAL\n  cordon appeal overturn APPEAL --reasons 'a shared device'\n\nWorks while the server runs. Each person acts by a token of their own, in CORDON_TOKEN."
    )]
    Appeal(appeal::AppealCommand),
    /// Judge decided cases once more, blind, and settle where two people differ.
    #[command(
        after_help = "Examples:\n  cordon quality next\n  cordon quality judge LOOK suspend --policy spam\n  cordon quality disagreements\n  cordon quality settle LOOK no_violation\n  cordon quality golden LOOK\n\nThe share that is drawn stands in policies/quality.yaml (`cordon serve --quality FILE`). Works while the server runs. Each\nperson acts by a token of their own, in CORDON_TOKEN."
    )]
    Quality(quality::QualityCommand),
    /// Look at what accounts are told of decisions against them.
    #[command(
        subcommand,
        after_help = "Examples:\n  cordon statement show DECISION\n  cordon statement settings --appeal-url https://platform.example/appeal/"
    )]
    Statement(appeal::Statement),
    /// Look into the link index.
    #[command(subcommand, after_help = "Example:\n  cordon index stats --data cordon-data")]
    Index(Index),
    /// Ask the whole journal for the events for which an expression in the language of rules holds.
    #[command(
        after_help = "Examples:\n  cordon query \"EventType == 'post.created' and StringLength(s=PostText) > 500\" --since 7d\n  cordon query \"ManyLinks == True\" --by UserId --top 20 --rules policies/rules/\n  cordon query \"'gift' in Body\" --let \"Body: str = JsonData(path='$.post.text')\" --by day --csv\n\nNames are those of the live rule set, or of --rules; what it labels is not there. Without --by the newest matching events\nare listed. All cores read, unless the expression counts or asks for labels or links: then the journal is read in order.\nExit codes: 0 done, 3 could not run."
    )]
    Query(Query),
    /// Check, test, publish and measure rules written in SML.
    #[command(
        after_help = "Examples:\n  cordon rules check policies/rules/\n  cordon rules test policies/rules/\n  cordon rules diff policies/rules/\n  cordon rules publish policies/rules/ --mode shadow\n  cordon rules stats"
    )]
    Rules(RulesCommand),
    /// Look after a data folder.
    #[command(
        subcommand,
        after_help = "Examples:\n  cordon admin token create --operator alice --role reviewer\n  cordon admin hold place carol --basis 'court order 5'\n  cordon admin outbox list"
    )]
    Admin(Admin),
}

/// A running server, where one has the data folder.
#[derive(Debug, Default, Args)]
pub struct Remote {
    /// Go to the server that runs there instead of opening the data folder; CORDON_SERVER says the same.
    #[arg(long, global = true, value_name = "URL")]
    pub server: Option<String>,
    /// The token to show to the server; better in CORDON_TOKEN, which no list of processes shows.
    #[arg(long, global = true, value_name = "TOKEN")]
    pub token: Option<String>,
}

/// What to measure.
#[derive(Debug, Subcommand)]
pub enum Evaluate {
    /// Measure how well similar accounts are found, on a folder of events.ndjson[.zst] and labels.csv.
    #[command(
        after_help = "Examples:\n  cordon evaluate accounts labelled/\n  cordon evaluate accounts labelled/ --json --rankings rankings.ndjson\n\n--json prints one object a group: `comparisons` has cordon beside the best of simpler methods, `methods` each in full,\nwith the crowd swept up by language where posts name one."
    )]
    Accounts(EvaluateAccounts),
    /// Measure clusters beside the plain rule (pairs that share objects within the window), and against chance.
    #[command(
        after_help = "Examples:\n  cordon evaluate coordination shares.csv.zst\n  cordon evaluate coordination --world 20000\n  cordon evaluate coordination --acts 100000,1000000,10000000\n\nThe file has the header object_id,account_id,content_id,timestamp_share."
    )]
    Coordination(EvaluateCoordination),
    /// Measure how well what an account writes finds the one that continues it, on the same kind of folder.
    #[command(
        after_help = "Examples:\n  cordon evaluate returns labelled/\n  cordon evaluate returns labelled/ --json\n\nEach account with 40 posts is cut in two, and the second part is sought by the first among the second parts of all.\n--json prints one object a method."
    )]
    Returns(EvaluateReturns),
}

/// Options of `evaluate returns`.
#[derive(Debug, Args)]
pub struct EvaluateReturns {
    /// The folder of events.ndjson[.zst] and labels.csv.
    #[arg(value_name = "DIR")]
    pub dir: PathBuf,
}

/// Options of `evaluate coordination`.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("input").required(true).multiple(true))]
pub struct EvaluateCoordination {
    /// A file of shares.
    #[arg(value_name = "FILE", group = "input")]
    pub file: Option<PathBuf>,
    /// Simulate a platform of that many accounts for 30 days, and measure against what is true there.
    #[arg(long, value_name = "N", group = "input")]
    pub world: Option<u32>,
    /// Measure what so many invented acts cost.
    #[arg(long, value_delimiter = ',', value_name = "N,N", group = "input")]
    pub acts: Vec<usize>,
    /// Windows within which two acts on one object are a meeting.
    #[arg(long, value_delimiter = ',', default_value = "10s,60s,1d", value_parser = seconds, value_name = "T,T")]
    pub windows: Vec<u32>,
    /// Fewest distinct objects on which two accounts must meet.
    #[arg(long, default_value_t = 2, value_name = "N", value_parser = clap::value_parser!(u32).range(2..=1_000))]
    pub min_objects: u32,
    /// Share of the pairs that the plain rule leaves out, the lightest first.
    #[arg(long, default_value_t = 0.5, value_name = "Q")]
    pub edge_quantile: f64,
    /// How often times are dealt anew within objects, to see what chance finds.
    #[arg(long, default_value_t = 5, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=100))]
    pub shuffles: u32,
}

/// Options of `evaluate accounts`.
#[derive(Debug, Args)]
pub struct EvaluateAccounts {
    /// The folder.
    #[arg(value_name = "DIR")]
    pub dir: PathBuf,
    /// Draws of seeds for each group.
    #[arg(long, default_value_t = 20, value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..=1_000))]
    pub draws: usize,
    /// Leave simpler methods out, which take most of the time.
    #[arg(long)]
    pub cordon_only: bool,
    /// Write the seeds and the whole ranking of every draw here, one JSON object a line.
    #[arg(long, value_name = "FILE")]
    pub rankings: Option<PathBuf>,
}

/// Options of `ingest`.
#[derive(Debug, Args)]
pub struct Ingest {
    /// Files to read, in this order; `-` is standard input.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Stop at the first line that is rejected; what came before it stands.
    #[arg(long)]
    pub strict: bool,
    /// Read a sample, take nothing in, and say which evidence groups the events can feed.
    #[arg(long)]
    pub check: bool,
    /// Where rejected lines are named; `rejects.ndjson` in the data folder when left out.
    #[arg(long, value_name = "FILE")]
    pub rejects: Option<PathBuf>,
    /// Settings for a data folder that has none yet; the bundled ones when left out.
    #[arg(long, value_name = "FILE")]
    pub links: Option<PathBuf>,
    /// Whose clock says when events arrive: the machine's, or the events' own, to replay a recorded or simulated
    /// platform as it happened.
    #[arg(long, value_enum, default_value_t = IngestClock::Machine)]
    pub clock: IngestClock,
    /// Print what is held once all is kept, and wait until standard input ends: for `bench`, which kills it then.
    #[arg(long, hide = true)]
    pub linger: bool,
}

/// Whose clock says when events arrive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum IngestClock {
    /// The machine's.
    #[default]
    Machine,
    /// The events' own: a batch arrives when its last event happens.
    Events,
}

/// Options of `surface`.
#[derive(Debug, Args)]
pub struct Surface {
    /// Seeds by account id, separated by commas.
    #[arg(long, value_delimiter = ',', value_name = "ID,ID")]
    pub seeds: Vec<String>,
    /// Seeds from a file, one account id a line.
    #[arg(long, value_name = "FILE")]
    pub seeds_file: Option<PathBuf>,
    /// Take the accounts with open reports as seeds.
    #[arg(long)]
    pub reported: bool,
    /// How many to print.
    #[arg(long, default_value_t = 20, value_name = "N")]
    pub top: usize,
    /// Score every account, not only those that links and terms lead to.
    #[arg(long)]
    pub exhaustive: bool,
    /// Count only these evidence groups.
    #[arg(long, value_delimiter = ',', value_name = "GROUP,GROUP")]
    pub groups: Vec<String>,
    /// Print the waterfall of one account instead of the ranking.
    #[arg(long, value_name = "ID")]
    pub explain: Option<String>,
    /// Print CSV.
    #[arg(long, conflicts_with = "json")]
    pub csv: bool,
    /// Where the candidates' graph goes.
    #[command(flatten)]
    pub drawing: Drawing,
}

/// Files that a graph is written to.
#[derive(Debug, Args)]
pub struct Drawing {
    /// Write the accounts found and the entities that they share as GraphML.
    #[arg(long, value_name = "FILE")]
    pub graphml: Option<PathBuf>,
    /// Write the accounts found and the entities that they share for Graphviz: rare links thick, hubs faint.
    #[arg(long, value_name = "FILE")]
    pub dot: Option<PathBuf>,
}

impl Drawing {
    /// Whether any file is asked for.
    pub fn is_asked(&self) -> bool {
        self.graphml.is_some() || self.dot.is_some()
    }
}

/// Options of `measure`.
#[derive(Debug, Subcommand)]
pub enum Measure {
    /// How well review goes: whether two people find the same, how often each errs, and whether that differs by language.
    #[command(
        after_help = "Examples:\n  cordon measure quality\n  cordon measure quality --days 30 --json\n\nFrom second looks and golden cases (`cordon quality --help`), violation or none. Not measured: which policy, how harsh a\nmeasure, regions, and violations that nobody put up."
    )]
    Quality(MeasureQuality),
    /// Whether probabilities hold: what cases were said to be, beside what reviewers found.
    #[command(
        after_help = "Examples:\n  cordon measure reliability\n  cordon measure reliability --calibrated --svg reliability.svg\n\nA point on the diagonal is honest: of the cases said to be violations with probability 0.3, three in ten were."
    )]
    Reliability(ReliabilityOptions),
    /// How many violators nothing surfaced: of the accounts drawn at random, who was found violating.
    #[command(
        after_help = "Example:\n  cordon measure prevalence\n\nAccounts are drawn by `audit_share` in links.yaml and wait in the queue `random`."
    )]
    Prevalence,
    /// How soon people get to cases: first looks and decisions by queue, held against their targets, and what comes and
    /// goes each day.
    #[command(
        after_help = "Examples:\n  cordon measure queues\n  cordon measure queues --days 7 --targets queues.yaml --json\n  cordon measure queues --days 28 --until 2026-03-01T00:00:00Z\n\nOf the cases opened in these days. What still waits counts as late once its target is over."
    )]
    Queues(QueueMeasure),
}

/// Options of `measure queues`.
#[derive(Debug, Args)]
pub struct QueueMeasure {
    /// The days whose cases are looked at.
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=3_660))]
    pub days: u32,
    /// Where these days end, and as of when cases wait; now where absent.
    #[arg(long, value_parser = instant, value_name = "RFC 3339")]
    pub until: Option<cordon_model::clock::Timestamp>,
    /// How soon cases are to be looked at and decided; the bundled policies/queues.yaml where absent.
    #[arg(long, value_name = "FILE")]
    pub targets: Option<PathBuf>,
}

/// Options of `measure reliability`.
#[derive(Debug, Args)]
pub struct ReliabilityOptions {
    /// Only cases whose probability rested on enough decisions.
    #[arg(long)]
    pub calibrated: bool,
    /// Draw the picture to a file.
    #[arg(long, value_name = "FILE")]
    pub svg: Option<PathBuf>,
}

/// Options of `cluster`.
#[derive(Debug, Args)]
pub struct Cluster {
    /// Two acts on one object this far apart or less are a meeting.
    #[arg(long, default_value = "5m", value_parser = seconds, value_name = "T")]
    pub window: u32,
    /// Start from one account: who else did what it did, when it did it, by the links of the index.
    #[arg(long, value_name = "ID", conflicts_with = "communities")]
    pub seed: Option<String>,
    /// Find communities of accounts that share rare entities, whenever they used them.
    #[arg(long)]
    pub communities: bool,
    /// Fewest members.
    #[arg(long, default_value_t = 3, value_name = "N",
        value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(2..=10_000))]
    pub min_accounts: usize,
    /// Fewest distinct objects on which two accounts must meet, or that they must share.
    #[arg(long, default_value_t = 3, value_name = "N", value_parser = clap::value_parser!(u32).range(2..=1_000))]
    pub min_objects: u32,
    /// Fewest distinct days on which two accounts must meet.
    #[arg(long, default_value_t = 2, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=365))]
    pub min_days: u32,
    /// Print weaker evidence instead: pairs that meet again and again, more of them than where times are dealt anew, of
    /// which up to half may be chance.
    #[arg(long, conflicts_with_all = ["seed", "communities", "open_case"])]
    pub weaker: bool,
    /// Read acts from this instant on.
    #[arg(long, value_parser = instant, value_name = "RFC 3339", conflicts_with = "days")]
    pub since: Option<cordon_model::clock::Timestamp>,
    /// Read the acts of the last days.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=36_500))]
    pub days: Option<u32>,
    /// How many clusters to print.
    #[arg(long, default_value_t = 20, value_name = "N")]
    pub top: usize,
    /// Print one cluster in full, by its name.
    #[arg(long, value_name = "CLUSTER")]
    pub explain: Option<String>,
    /// Open one case for the cluster that --explain names or that is around --seed, and an ordinary case for each member
    /// that has none open; acts on nobody.
    #[arg(long, conflicts_with = "csv")]
    pub open_case: bool,
    /// Print CSV, one member a line.
    #[arg(long, conflicts_with = "json")]
    pub csv: bool,
    /// Where the clusters' graph goes.
    #[command(flatten)]
    pub drawing: Drawing,
}

/// Options of `returns`.
#[derive(Debug, Args)]
pub struct Returns {
    /// Only what is kept on one account.
    #[arg(long, value_name = "ID")]
    pub account: Option<String>,
    /// Only likely returns, which have a case, or only possible ones, which are watched.
    #[arg(long, value_parser = tier, value_name = "likely|possible")]
    pub tier: Option<cordon_pipeline::detect::returns::Tier>,
    /// Only those found, or raised from possible to likely, from this instant on.
    #[arg(long, value_parser = instant, value_name = "RFC 3339")]
    pub since: Option<cordon_model::clock::Timestamp>,
    /// How many to print, likely ones first.
    #[arg(long, default_value_t = 100, value_name = "N")]
    pub top: usize,
    /// Print the waterfall of one account instead of the list.
    #[arg(long, value_name = "ACCOUNT", conflicts_with_all = ["account", "tier", "since", "csv"])]
    pub explain: Option<String>,
    /// Print CSV.
    #[arg(long, conflicts_with = "json")]
    pub csv: bool,
}

/// Options of `demo`.
#[derive(Debug, Args)]
pub struct Demo {
    /// Accounts of the platform.
    #[arg(long, default_value_t = 20_000, value_name = "N")]
    pub accounts: u32,
    /// Days that it lives.
    #[arg(long, default_value_t = 30, value_name = "D")]
    pub days: u32,
    /// End after the table instead of serving.
    #[arg(long)]
    pub exit: bool,
    /// Let violators and returns behave and connect like anybody: what is found must then be chance.
    #[arg(long)]
    pub null: bool,
    /// Fewest bits of a return that makes a case, other than the bundled settings have it: more is fewer wrong cases,
    /// and fewer returns in time. cordon's own column only.
    #[arg(long, value_name = "BITS", value_parser = clap::value_parser!(u32).range(10..=60))]
    pub return_weight: Option<u32>,
    /// What chance follows, run by run. No test uses the seeds that the table stands for.
    #[arg(long, hide = true, value_delimiter = ',', value_name = "S,S", default_value = "2016,2017,2018")]
    pub random_seeds: Vec<u64>,
}

/// Options of `serve`.
#[derive(Debug, Args)]
pub struct Serve {
    /// Where to listen; port 0 takes any free one.
    #[arg(long, default_value = "127.0.0.1:8463", value_name = "ADDRESS:PORT")]
    pub listen: std::net::SocketAddr,
    /// Where the platform hears of actions.
    #[arg(long, value_name = "URL", requires = "webhook_secret_file")]
    pub webhook_url: Option<String>,
    /// The file whose content, at least 16 bytes, signs webhooks.
    #[arg(long, value_name = "FILE", requires = "webhook_url")]
    pub webhook_secret_file: Option<PathBuf>,
    /// Ask for no tokens: whoever reaches the loopback address is an administrator. Refused on any other address.
    #[arg(long)]
    pub no_auth: bool,
    /// Print a link that logs this operator in to the console, once, within half an hour. In a folder that knows nobody
    /// yet, the operator is made, as its administrator.
    #[arg(long, value_name = "NAME", conflicts_with = "no_auth")]
    pub login: Option<String>,
    /// Sessions by a password open nothing but one's own account until a second factor is enrolled there.
    #[arg(long, conflicts_with = "no_auth")]
    pub require_second_factor: bool,
    /// How soon cases are to be looked at and decided (`cordon queues --help`); the bundled policies/queues.yaml where absent.
    #[arg(long, value_name = "FILE")]
    pub queue_targets: Option<PathBuf>,
    /// Rationales that reviewers begin with; the bundled policies/templates.yaml, which says how it is written, where absent.
    #[arg(long, value_name = "FILE")]
    pub decision_templates: Option<PathBuf>,
    /// How many decided cases are judged once more (`cordon quality --help`); the bundled policies/quality.yaml where absent.
    #[arg(long, value_name = "FILE")]
    pub quality: Option<PathBuf>,
    /// Batches of events that may wait for the writer; beyond that senders hear 429.
    #[arg(long, hide = true, value_name = "N", default_value_t = cordon_model::limits::INTAKE_BATCHES_MAX,
        value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..=1_024))]
    pub queue_chunks: usize,
    /// Seconds that a query over the journal may run; then it is refused.
    #[arg(long, value_name = "N", default_value_t = cordon_server::limits::QUERY_TIMEOUT.as_secs(),
        value_parser = clap::value_parser!(u64).range(1..=cordon_server::limits::QUERY_TIMEOUT.as_secs()))]
    pub query_seconds: u64,
}

/// Options of `measure quality`.
#[derive(Debug, Args)]
pub struct MeasureQuality {
    /// The days up to now whose decisions are looked at.
    #[arg(long, default_value_t = cordon_model::limits::QUALITY_DAYS_DEFAULT, value_name = "N",
        value_parser = clap::value_parser!(u32).range(1..=3_660))]
    pub days: u32,
}

/// Options of `queues`.
#[derive(Debug, Args)]
pub struct Queues {
    /// How soon cases are to be looked at and decided; the bundled policies/queues.yaml where absent.
    #[arg(long, value_name = "FILE")]
    pub targets: Option<PathBuf>,
}

/// Options of `timeline`.
#[derive(Debug, Args)]
pub struct Timeline {
    /// The account's id.
    pub account: String,
    /// How many entries, newest first.
    #[arg(long, default_value_t = 100, value_name = "N",
        value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..=10_000))]
    pub count: usize,
}

/// Options of `bench`.
#[derive(Debug, Args)]
pub struct Bench {
    /// Sizes of the simulated platforms, instead of the powers of ten from 10,000 on.
    #[arg(long, value_delimiter = ',', value_name = "N,N")]
    pub accounts: Vec<u32>,
    /// The largest power of ten: each takes about ten times as long as the one before.
    #[arg(long, default_value_t = 100_000, value_name = "N", conflicts_with = "accounts",
        value_parser = clap::value_parser!(u32).range(10_000..=10_000_000))]
    pub accounts_max: u32,
    /// Days that they live.
    #[arg(long, default_value_t = 3, value_name = "D")]
    pub days: u32,
    /// Files of events to measure with as well, before the simulated platforms.
    #[arg(long, value_name = "FILE")]
    pub events: Vec<PathBuf>,
}

/// Options of `simulate`.
#[derive(Debug, Args)]
pub struct Simulate {
    /// Accounts of the platform.
    #[arg(long, default_value_t = 20_000, value_name = "N")]
    pub accounts: u32,
    /// Days that it lives.
    #[arg(long, default_value_t = 30, value_name = "D")]
    pub days: u32,
    /// What chance follows: the same seed gives the same bytes.
    #[arg(long, default_value_t = 1, value_name = "S")]
    pub random_seed: u64,
    /// Where events.ndjson and truth.csv go.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Let violators and returns behave and connect like anybody.
    #[arg(long)]
    pub null: bool,
}

/// Subcommands of `index`.
#[derive(Debug, Subcommand)]
pub enum Index {
    /// Say what the index holds and where its memory goes.
    #[command(after_help = "Example:\n  cordon index stats --data cordon-data")]
    Stats,
}

/// Subcommands of `admin`.
#[derive(Debug, Subcommand)]
pub enum Admin {
    /// Erase an account's data: from links, from sealed history, and with the oldest segments from the log.
    #[command(after_help = "Example:\n  cordon admin erase some-account")]
    Erase {
        /// The account's id.
        account: String,
    },
    /// Put link settings in force; everything derived is made anew from the journal.
    #[command(after_help = "Example:\n  cordon admin links policies/links.yaml")]
    Links {
        /// The settings file.
        file: PathBuf,
    },
    /// Draw another key for the hashes; everything derived is made anew from the journal.
    #[command(
        after_help = "Example:\n  cordon admin rotate-key\n\nValues whose `keep` is over stand in history as hashes of the key of their time, and lead nowhere since."
    )]
    RotateKey,
    /// Move the record from a data folder to PostgreSQL, or back: every row, compared, and only then in force.
    #[command(
        after_help = "Examples:\n  CORDON_RECORD=postgres://cordon:PASSWORD@db.example/cordon cordon admin move --from sqlite:cordon-data\n  cordon admin move --from postgres://cordon@db.example/cordon --to sqlite:cordon-data\n\nNo server may run on the folder, and the target is empty. Cut off at any moment, the old record is in force or the move is done: give the same command again. The old record is never deleted: the folder's file becomes record.moved.sqlite beside it. `sqlite:` names the folder; --data is not looked at."
    )]
    Move(Move),
    /// Add operators who sign in by a password, list and disable them. Works while the server runs.
    #[command(
        subcommand,
        after_help = "Examples:\n  cordon admin operator add alice --role lead\n  cordon admin operator list\n  cordon admin operator disable alice"
    )]
    Operator(OperatorCommand),
    /// Make, list and revoke tokens of the HTTP API. Works while the server runs.
    #[command(
        subcommand,
        after_help = "Examples:\n  cordon admin token create --operator alice --role reviewer --days 90\n  cordon admin token list"
    )]
    Token(Token),
    /// List and replay what could not be delivered. Works while the server runs.
    #[command(
        subcommand,
        after_help = "Examples:\n  cordon admin outbox list\n  cordon admin outbox replay KEY"
    )]
    Outbox(Outbox),
    /// Place, lift and list legal holds, which forbid erasing an account. Works while the server runs.
    #[command(
        subcommand,
        after_help = "Examples:\n  cordon admin hold place carol --basis 'court order 5'\n  cordon admin hold list"
    )]
    Hold(Hold),
    /// List, add and retire the policies that decisions cite. Works while the server runs.
    #[command(
        subcommand,
        after_help = "Examples:\n  cordon admin policy list\n  cordon admin policy put policies.yaml\n  cordon admin policy retire spam 1"
    )]
    Policy(Policy),
    /// Show and replace the ladder of strikes, and show where an account stands on it. Works while the server runs.
    #[command(
        subcommand,
        after_help = "Examples:\n  cordon admin strikes ladder\n  cordon admin strikes put strikes.yaml\n  cordon admin strikes show carol"
    )]
    Strikes(Strikes),
}

/// Subcommands of `admin strikes`.
#[derive(Debug, Subcommand)]
pub enum Strikes {
    /// Print what so many points of strikes propose.
    #[command(after_help = "Example:\n  cordon admin strikes ladder --json")]
    Ladder,
    /// Replace the ladder by that of a file.
    #[command(
        after_help = "Example:\n  cordon admin strikes put strikes.yaml\n\nThe file:\n  steps:\n    - points: 3\n      kind: suspend    # warn, restrict, suspend or terminate\n      days: 7          # leave it out for one without an end\n\nWhat a violation of a policy counts, and for how long, stands in the policies file: strike_weight and strike_days.\nWithout steps (steps: []) nothing is proposed."
    )]
    Put {
        /// The ladder file, YAML.
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Print an account's strikes in force, the step that they reach and the next one.
    #[command(after_help = "Example:\n  cordon admin strikes show carol --json")]
    Show {
        /// The account's id.
        account: String,
    },
}

/// Where a record is moved from and to: one is a data folder, the other a database.
#[derive(Args, Debug)]
pub struct Move {
    /// Where the record is: sqlite:FOLDER or postgres://USER:PASSWORD@HOST:PORT/DATABASE. Left out, the database of
    /// --record or CORDON_RECORD.
    #[arg(long, value_name = "URL")]
    pub from: Option<RecordUrl>,
    /// Where it is to be, written in the same way and with the same default.
    #[arg(long, value_name = "URL")]
    pub to: Option<RecordUrl>,
}

/// Subcommands of `admin policy`.
#[derive(Debug, Subcommand)]
pub enum Policy {
    /// Print every version of every policy.
    #[command(after_help = "Example:\n  cordon admin policy list --json")]
    List,
    /// Add the versions that a file holds; one that is there already with the same text stays as it is.
    #[command(
        after_help = "Example:\n  cordon admin policy put policies.yaml\n\nThe file:\n  policies:\n    - id: spam\n      version: 2\n      title: Spam\n      severity: medium    # low, medium, high or severe\n      strike_weight: 1    # points of the strike that a violation is; left out: none\n      strike_days: 90     # for how long it counts; left out: for good\n      text: Accounts may not ...\n\nA text never changes under its version: give another text another version."
    )]
    Put {
        /// The policies file, YAML.
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Retire a version: no decision may cite it from now on, and those that did stand.
    #[command(after_help = "Example:\n  cordon admin policy retire spam 1")]
    Retire {
        /// The policy's id.
        #[arg(value_name = "POLICY")]
        policy: String,
        /// Which version.
        #[arg(id = "policy_version", value_name = "VERSION", value_parser = clap::value_parser!(u32).range(1..))]
        version: u32,
    },
}

/// Subcommands of `admin outbox`.
#[derive(Debug, Subcommand)]
pub enum Outbox {
    /// Print what was given up on after all attempts, without its content.
    #[command(after_help = "Example:\n  cordon admin outbox list --json")]
    List,
    /// Make what was given up on due again, with all its attempts.
    #[command(
        after_help = "Example:\n  cordon admin outbox replay KEY\n\nRefused once a later row of the same account was delivered: it would undo what came after."
    )]
    Replay {
        /// Keys, as listed.
        #[arg(required = true, value_name = "KEY")]
        keys: Vec<String>,
    },
}

/// Subcommands of `admin hold`.
#[derive(Debug, Subcommand)]
pub enum Hold {
    /// Forbid erasing an account's data; a second hold replaces the basis of the first.
    #[command(after_help = "Example:\n  cordon admin hold place carol --basis 'court order 5'")]
    Place {
        /// The account's id; it need not be known yet.
        account: String,
        /// On what the hold rests.
        #[arg(long, value_name = "TEXT")]
        basis: String,
    },
    /// Lift a hold; an erasure that it withheld is carried out.
    #[command(after_help = "Example:\n  cordon admin hold lift carol")]
    Lift {
        /// The account's id.
        account: String,
    },
    /// Print the accounts under hold, and on what each rests.
    #[command(after_help = "Example:\n  cordon admin hold list --json")]
    List,
}

/// Subcommands of `admin operator`.
#[derive(Debug, Subcommand)]
pub enum OperatorCommand {
    /// Add an operator. The password is asked for, or read from standard input.
    #[command(
        after_help = "Examples:\n  cordon admin operator add alice --role lead\n  cordon admin operator add bob --role reviewer < password-file\n\nA password has 12 to 256 bytes."
    )]
    Add {
        /// Under which name they act and sign in.
        #[arg(value_parser = operator_name)]
        name: String,
        /// What they may do: viewer, reviewer, lead, admin or platform.
        #[arg(long, value_parser = role)]
        role: cordon_model::operator::Role,
        /// How they are shown; by their name when left out.
        #[arg(long, value_name = "TEXT")]
        display_name: Option<String>,
    },
    /// Print all operators, and how they sign in.
    #[command(after_help = "Example:\n  cordon admin operator list --json")]
    List,
    /// Set another password, asked for or read from standard input; sessions by the one before end.
    #[command(after_help = "Example:\n  cordon admin operator password alice")]
    Password {
        /// Whose.
        #[arg(value_parser = operator_name)]
        name: String,
    },
    /// End everything that an operator may do: their sessions and tokens.
    #[command(after_help = "Example:\n  cordon admin operator disable alice")]
    Disable {
        /// Whose.
        #[arg(value_parser = operator_name)]
        name: String,
    },
    /// Take a lost second factor away; who signs in by it hears of it from you.
    #[command(after_help = "Example:\n  cordon admin operator reset-second-factor alice")]
    ResetSecondFactor {
        /// Whose.
        #[arg(value_parser = operator_name)]
        name: String,
    },
}

/// Subcommands of `admin token`.
#[derive(Debug, Subcommand)]
pub enum Token {
    /// Make a token and print it, once.
    #[command(
        after_help = "Example:\n  cordon admin token create --operator alice --role reviewer --days 90\n\nRoles: platform sends events and reports; viewer looks; reviewer claims and decides; lead overturns and sees who\nreported; admin does everything."
    )]
    Create {
        /// Under which name its holder acts.
        #[arg(long, value_name = "NAME", value_parser = operator_name)]
        operator: String,
        /// What they may do: viewer, reviewer, lead, admin or platform.
        #[arg(long, value_parser = role)]
        role: cordon_model::operator::Role,
        /// Days after which it ceases to count; it never does when left out.
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=3_650))]
        days: Option<u32>,
    },
    /// Print all tokens, without their secrets.
    #[command(after_help = "Example:\n  cordon admin token list --json")]
    List,
    /// End a token.
    #[command(after_help = "Example:\n  cordon admin token revoke 3f9a0c2b71de")]
    Revoke {
        /// The token's id, as listed; not its secret.
        #[arg(value_name = "TOKEN_ID")]
        token: String,
    },
}

fn tier(text: &str) -> Result<cordon_pipeline::detect::returns::Tier, String> {
    cordon_pipeline::detect::returns::Tier::from_name(text).ok_or_else(|| "likely or possible".to_owned())
}

fn instant(text: &str) -> Result<cordon_model::clock::Timestamp, String> {
    cordon_model::clock::Timestamp::parse(text)
        .ok_or_else(|| "an instant such as 2026-02-05T10:00:00Z".to_owned())
}

fn role(name: &str) -> Result<cordon_model::operator::Role, String> {
    cordon_model::operator::Role::from_name(name)
        .ok_or_else(|| "one of viewer, reviewer, lead, admin, platform".to_owned())
}

fn operator_name(name: &str) -> Result<String, String> {
    let is_short = (1..=cordon_model::limits::ID_BYTES_MAX).contains(&name.len());
    let is_plain = !name.chars().any(|letter| letter.is_whitespace() || letter.is_control());
    if is_short && is_plain { Ok(name.to_owned()) } else { Err("1 to 256 bytes without spaces".to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn every_command_has_an_example() {
        let mut waiting = vec![Cli::command()];
        while let Some(command) = waiting.pop() {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(help.contains("Example"), "`{}` has no example", command.get_name());
            waiting.extend(command.get_subcommands().cloned());
        }
    }
}
