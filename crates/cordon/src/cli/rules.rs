//! Options of `cordon rules`.

use super::Remote;
use clap::{Args, Subcommand};
use cordon_model::clock::Timestamp;
use cordon_model::rule_set::RuleMode;
use std::path::PathBuf;

/// `cordon rules` as typed.
#[derive(Debug, Args)]
pub struct RulesCommand {
    #[command(flatten)]
    pub remote: Remote,
    #[command(subcommand)]
    pub command: Rules,
}

/// What to do with rules.
#[derive(Debug, Subcommand)]
pub enum Rules {
    /// Check a rule set and show every mistake in it.
    #[command(
        after_help = "Examples:\n  cordon rules check policies/\n  cordon rules check policies/ --sarif > mistakes.sarif\n\nExit codes: 0 clean, 2 mistakes found, 3 could not run. --json, too, prints SARIF 2.1.0."
    )]
    Check {
        /// The folder that holds main.sml.
        #[arg(value_name = "DIR")]
        dir: PathBuf,
        /// Print SARIF 2.1.0, the form that code hosts and editors read.
        #[arg(long)]
        sarif: bool,
    },
    /// Show which rules, features, effects and lists two rule sets do not have in common.
    #[command(
        after_help = "Examples:\n  cordon rules diff policies/old/ policies/rules/\n  cordon rules diff policies/rules/          # what is live, and what would be\n\nA rule whose own text is the same is shown, too, where something that it reads has changed.\nExit codes: 0 no difference, 2 some, 3 could not run."
    )]
    Diff {
        /// The folder before; the folder after, where it is the only one.
        #[arg(value_name = "DIR")]
        before: PathBuf,
        /// The folder after.
        #[arg(value_name = "DIR")]
        after: Option<PathBuf>,
    },
    /// Speak the language server protocol over standard input and output: mistakes while typing, help, completion and
    /// definitions.
    #[command(
        after_help = "Example:\n  cordon rules lsp\n\nSet it as the language server of *.sml files. The rule set is the folder with main.sml above the file, or DIR."
    )]
    Lsp {
        /// The folder that holds main.sml.
        #[arg(value_name = "DIR")]
        dir: Option<PathBuf>,
    },
    /// Evaluate events from standard input, and print features, verdicts, label mutations and errors of each.
    #[command(
        after_help = "Example:\n  cordon rules run policies/ < events.ndjson\n\nOne JSON object a line, in and out. The clock is the events' own `time`; labels and counters are those of no host.\nExit codes: 0 clean, 2 some lines rejected, 3 could not run."
    )]
    Run {
        /// The folder that holds main.sml.
        #[arg(value_name = "DIR")]
        dir: PathBuf,
    },
    /// Measure what an event costs, JSON parsing included.
    #[command(
        after_help = "Examples:\n  cordon rules bench policies/ --events events.ndjson\n  cordon rules bench policies/ --events events.ndjson --curve\n\n--curve also measures made-up sets of 1 to 2,000 rules over the longest text of these events: comparisons, patterns and\ncounters, and what one more of each costs. The best of several passes counts, on one core."
    )]
    Bench {
        /// The folder that holds main.sml.
        #[arg(value_name = "DIR")]
        dir: PathBuf,
        /// Events to measure with, one JSON object a line.
        #[arg(long, value_name = "FILE")]
        events: PathBuf,
        /// Measure sets of 1 to 2,000 rules, too.
        #[arg(long)]
        curve: bool,
    },
    /// List the functions of the language.
    #[command(after_help = "Example:\n  cordon rules docs")]
    Docs,
    /// Run the tests that stand beside the rules, in files named *_test.yaml and *_test.json.
    #[command(
        after_help = "Example:\n  cordon rules test policies/rules/\n\nA file is a list of tests:\n  - name: ten posts in a minute are a burst\n    labels: [{ entity: UserId/a1, label: trusted }]      # what people set before\n    events:                                              # or `event:`; what is expected is of the last\n      - { type: post.created, account: { id: a1 }, post: { text: hello } }\n    expect:                                              # what is left out is not compared\n      features: { PostText: hello }\n      rules: [Burst]\n      verdicts: []\n      labels: [UserId/burst/1]\n      signals: []\n      reviews: [spam]\n      holds: []\n      errors: 0\n\nAn event without `id` or `time` gets one; it arrives at its own time. Exit codes: 0 all pass, 2 some differ, 3 could not run."
    )]
    Test {
        /// The folder that holds main.sml.
        #[arg(value_name = "DIR")]
        dir: PathBuf,
    },
    /// Run a draft over the whole journal, and hold its hits against what people decided.
    #[command(
        after_help = "Examples:\n  cordon rules backtest policies/rules/ --since 30d\n  cordon rules backtest policies/rules/ --since 2026-01-01T00:00:00Z --json\n\nWhat came before --since fills counters, labels and links, and counts no hit. `new` are accounts about which no decision\nstands; precision is the share of the violating among those decided, with Wilson's interval. `limit` is what publish\n--limits-from-backtest would set. A second table tells which rules hold for the same events, those of the live set included.\nLabels that other sets gave are not there. Exit codes: 0 done, 2 the draft has mistakes, 3 could not run."
    )]
    Backtest {
        /// The folder that holds main.sml.
        #[arg(value_name = "DIR")]
        dir: PathBuf,
        /// From when on hits count: 30d, 12h, or RFC 3339.
        #[arg(long, value_name = "TIME", value_parser = since, default_value = "30d")]
        since: Since,
    },
    /// Put a rule set in force, in the place of the one of its mode. A set with mistakes is refused.
    #[command(
        after_help = "Examples:\n  cordon rules publish policies/rules/ --mode shadow\n  cordon rules publish policies/rules/ --mode live --owner ana --expires 2030-01-01T00:00:00Z\n  cordon rules publish policies/rules/ --mode live --daily-limit Burst=500 --daily-limit '*=2000'\n  cordon rules publish policies/rules/ --mode live --limits-from-backtest 30d\n\nThe whole text of the set goes into the journal. In shadow it is evaluated and counted, and nothing comes of it.\nExit codes: 0 in force, 2 refused for its mistakes, 3 could not run."
    )]
    Publish(PublishRules),
    /// Put a version that was published before into another mode: from shadow to live, or back to an earlier one.
    #[command(
        after_help = "Examples:\n  cordon rules move 3 --mode live\n  cordon rules move 3 --mode live --server http://127.0.0.1:8463\n\nIts windows go with it, its counts begin anew, and rules that were stopped take effect again."
    )]
    Move {
        /// Which, as listed.
        #[arg(value_name = "VERSION")]
        number: u32,
        /// Whither: live, shadow or draft.
        #[arg(long, value_name = "MODE", value_parser = mode)]
        mode: RuleMode,
    },
    /// Evaluate the rule set of a mode no more.
    #[command(after_help = "Example:\n  cordon rules withdraw --mode shadow")]
    Withdraw {
        /// Which: live or shadow.
        #[arg(long, value_name = "MODE", value_parser = mode)]
        mode: RuleMode,
    },
    /// List the rule sets that were put in force.
    #[command(
        after_help = "Examples:\n  cordon rules list\n  CORDON_TOKEN=… cordon rules list --server http://127.0.0.1:8463"
    )]
    List,
    /// Show how often each rule held, and what was asked for, since its set was put in force.
    #[command(after_help = "Example:\n  cordon rules stats --json")]
    Stats,
}

/// Options of `rules publish`.
#[derive(Debug, Args)]
pub struct PublishRules {
    /// The folder that holds main.sml.
    #[arg(value_name = "DIR")]
    pub dir: PathBuf,
    /// Whether anything comes of it: live, shadow, or draft.
    #[arg(long, value_name = "MODE", value_parser = mode)]
    pub mode: RuleMode,
    /// Who answers for it; whoever publishes it when left out.
    #[arg(long, value_name = "NAME")]
    pub owner: Option<String>,
    /// On how many events of one day a rule may take effect; one that goes beyond is put in shadow by itself.
    #[arg(long = "daily-limit", value_name = "RULE=N", value_parser = daily_limit)]
    pub daily_limits: Vec<(String, u64)>,
    /// Limit every rule that --daily-limit does not name by a back-test since then: 30d, 12h, or RFC 3339. Five times its
    /// busiest day, and 20 events, are within the limit.
    #[arg(long, value_name = "TIME", value_parser = since)]
    pub limits_from_backtest: Option<Since>,
    /// From when on it is not evaluated any more, RFC 3339.
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub expires: Option<Timestamp>,
}

/// Options of `cordon query`.
#[derive(Debug, Args)]
pub struct Query {
    /// What must hold of an event.
    #[arg(value_name = "EXPR")]
    pub expression: String,
    /// The folder that holds main.sml; without it the live set's names are known.
    #[arg(long, value_name = "DIR")]
    pub rules: Option<PathBuf>,
    /// A line of its own before the expression, such as a name for something in the event; may be repeated.
    #[arg(long = "let", value_name = "LINE")]
    pub lines: Vec<String>,
    /// From when on events count: 30d, 12h, or RFC 3339.
    #[arg(long, value_name = "TIME", value_parser = since, default_value = "30d")]
    pub since: Since,
    /// Count by `hour`, `day`, or the values of a name.
    #[arg(long, value_name = "NAME")]
    pub by: Option<String>,
    /// How many values, or newest events, are shown.
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub top: u32,
    /// Print CSV.
    #[arg(long, conflicts_with = "json")]
    pub csv: bool,
}

/// From when on hits count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Since {
    /// So many seconds before the last entry's arrival.
    Ago(i64),
    /// This instant.
    At(Timestamp),
}

impl Since {
    /// Reads `30d`, `12h` or RFC 3339.
    pub fn parse(text: &str) -> Option<Self> {
        let seconds = [('d', 86_400), ('h', 3_600)].into_iter().find_map(|(unit, seconds)| {
            let count: i64 = text.strip_suffix(unit)?.parse().ok()?;
            count.checked_mul(seconds).filter(|seconds| *seconds > 0)
        });
        seconds.map(Self::Ago).or_else(|| Timestamp::parse(text).map(Self::At))
    }
}

fn since(text: &str) -> Result<Since, String> {
    Since::parse(text).ok_or_else(|| "30d, 12h, or RFC 3339 as in 2030-01-01T00:00:00Z".to_owned())
}

fn mode(text: &str) -> Result<RuleMode, String> {
    RuleMode::from_name(text).ok_or_else(|| "one of live, shadow, draft".to_owned())
}

/// `Burst=500`, or `*=2000` for all rules that are not named.
fn daily_limit(text: &str) -> Result<(String, u64), String> {
    let (rule, count) = text.rsplit_once('=').ok_or("a rule and a number, as in Burst=500")?;
    let count = count.parse().map_err(|_| "a whole number behind `=`, as in Burst=500")?;
    Ok((rule.to_owned(), count))
}

fn time(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse(text).ok_or_else(|| "RFC 3339, as in 2030-01-01T00:00:00Z".to_owned())
}
