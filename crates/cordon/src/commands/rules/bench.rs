//! `cordon rules bench`: what an event costs, and what one more rule, pattern and counter costs.

use super::{action, load};
use crate::commands::Shared;
use crate::exit::Exit;
use crate::print;
use anyhow::{Context, Result, bail};
use cordon_pipeline::rules::WindowHost;
use cordon_rules::{Document, Program, Sources};
use serde_json::{Value, json};
use std::path::Path;
use std::time::Instant;

/// Passes over the events; the best counts.
const PASSES: usize = 5;
/// Sizes of the made-up sets.
const SIZES: [usize; 7] = [1, 10, 50, 200, 500, 1_000, 2_000];
/// Events that made-up sets are measured with.
const CURVE_EVENTS_MAX: usize = 500;
/// How deep the longest text of an event is looked for.
const DEPTH_MAX: usize = 8;

/// Runs the command.
pub(super) fn run(shared: &Shared, dir: &Path, events: &Path, curve: bool) -> Result<Exit> {
    let Some(program) = load(dir)? else { return Ok(Exit::CouldNotRun) };
    let text = std::fs::read(events).with_context(|| format!("{} cannot be read", events.display()))?;
    let lines: Vec<&[u8]> = text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).collect();
    if lines.is_empty() {
        bail!("{} holds no events", events.display());
    }
    let (best, effects) = measure(&program, &lines)?;
    let curve = if curve { Some(Curve::measure(&lines)?) } else { None };
    let size = program.size();
    if shared.is_json {
        print::json(&json!({
            "microseconds_an_event": best, "events": lines.len(), "rules": size.rules, "nodes": size.nodes,
            "effects": effects, "curve": curve.as_ref().map(Curve::as_json),
        }))?;
        return Ok(Exit::Clean);
    }
    println!(
        "{best:.2} µs an event, JSON parsing included: {} rules, {} nodes, {} events, {effects} effects, one core",
        size.rules,
        size.nodes,
        lines.len()
    );
    curve.iter().for_each(Curve::show);
    Ok(Exit::Clean)
}

/// Microseconds that an event costs in the best pass, and how many effects a pass has.
fn measure(program: &Program, lines: &[&[u8]]) -> Result<(f64, usize)> {
    let (mut best, mut effects) = (f64::INFINITY, 0);
    for _ in 0..PASSES {
        effects = 0;
        let mut host = WindowHost::default();
        let start = Instant::now();
        for line in lines {
            let document = Document::parse(line).with_context(|| "an event cannot be read")?;
            let evaluation = program.evaluate(action(&document, 1), &mut host);
            effects += evaluation.verdicts().len() + evaluation.label_mutations().len();
        }
        best = best.min(start.elapsed().as_secs_f64() * 1e6 / lines.len() as f64);
    }
    Ok((best, effects))
}

/// What a made-up set is made of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Comparisons,
    Patterns,
    Counters,
}

impl Kind {
    const ALL: [Kind; 3] = [Self::Comparisons, Self::Patterns, Self::Counters];

    const fn name(self) -> &'static str {
        match self {
            Self::Comparisons => "comparisons",
            Self::Patterns => "patterns",
            Self::Counters => "counters",
        }
    }

    /// A set of so many rules over the text at `path`.
    fn set(self, path: &str, rules: usize) -> String {
        let mut text =
            format!("Text: str = JsonData(path={path}, required=False)\nLength = StringLength(s=Text)\n");
        for number in 0..rules {
            text.push_str(&match self {
                Self::Comparisons => {
                    format!("R{number} = Rule(when_all=[Length > {number}, Length < {}], description='r')\n", number + 9)
                }
                Self::Patterns => format!(
                    "R{number} = Rule(when_all=[RegexMatch(target=Text, pattern=r'(?:free|gratis)\\s+word{number}\\b', \
                     case_insensitive=True)], description='r')\n"
                ),
                Self::Counters => format!(
                    "C{number} = Count(by=Text, window=TimeDelta(hours=1))\n\
                     R{number} = Rule(when_all=[C{number} > 1000], description='r')\n"
                ),
            });
        }
        text
    }
}

/// Microseconds an event by kind and size.
struct Curve {
    /// By [`Kind::ALL`], then by [`SIZES`].
    costs: Vec<Vec<f64>>,
}

impl Curve {
    fn measure(lines: &[&[u8]]) -> Result<Self> {
        let lines = lines.get(..CURVE_EVENTS_MAX).unwrap_or(lines);
        let first: Value = serde_json::from_slice(lines.first().copied().unwrap_or_default())?;
        let path = longest_text(&first).context("the first event holds no text to measure with")?;
        let cost = |kind: Kind, rules: usize| {
            let sources = Sources::new().with("main.sml", &kind.set(&path, rules));
            let Ok(program) = Program::load(&sources) else { bail!("a made-up set does not check") };
            measure(&program, lines).map(|(cost, _)| cost)
        };
        let of_kind = |kind: Kind| SIZES.iter().map(|rules| cost(kind, *rules)).collect::<Result<Vec<f64>>>();
        Ok(Self { costs: Kind::ALL.into_iter().map(of_kind).collect::<Result<_>>()? })
    }

    /// Nanoseconds that one more rule of each kind costs, between the largest set and the smallest.
    fn each(&self) -> Vec<(&'static str, f64)> {
        let (Some(least), Some(most)) = (SIZES.first(), SIZES.last()) else { return Vec::new() };
        let slope = |costs: &Vec<f64>| match (costs.first(), costs.last()) {
            (Some(first), Some(last)) => (last - first) * 1e3 / (most - least) as f64,
            _ => 0.0,
        };
        Kind::ALL.into_iter().zip(&self.costs).map(|(kind, costs)| (kind.name(), slope(costs))).collect()
    }

    fn as_json(&self) -> Value {
        let points = SIZES.iter().enumerate().map(|(at, rules)| {
            let mut point = json!({ "rules": rules });
            for (kind, costs) in Kind::ALL.into_iter().zip(&self.costs) {
                if let (Some(point), Some(cost)) = (point.as_object_mut(), costs.get(at)) {
                    point.insert(kind.name().to_owned(), json!(cost));
                }
            }
            point
        });
        let points: Vec<Value> = points.collect();
        let each: serde_json::Map<String, Value> =
            self.each().into_iter().map(|(kind, cost)| (kind.to_owned(), json!(cost))).collect();
        json!({ "microseconds_an_event": points, "nanoseconds_each": each })
    }

    fn show(&self) {
        let names = Kind::ALL.map(Kind::name);
        let mut table = print::table(&[&["rules"], names.as_slice()].concat());
        for (at, rules) in SIZES.iter().enumerate() {
            let costs = self
                .costs
                .iter()
                .map(|costs| costs.get(at).map_or(String::new(), |cost| format!("{cost:.2}")));
            table.add_row(std::iter::once(rules.to_string()).chain(costs).collect::<Vec<_>>());
        }
        println!("{table}");
        let each: Vec<String> =
            self.each().into_iter().map(|(kind, cost)| format!("{cost:.0} ns by {kind}")).collect();
        println!("µs an event; one more rule costs {}", each.join(", "));
    }
}

/// The path of the longest text in an event, as the language writes it.
fn longest_text(event: &Value) -> Option<String> {
    fn walk(value: &Value, path: &mut Vec<String>, found: &mut Option<(usize, Vec<String>)>) {
        match value {
            Value::String(text) if found.as_ref().is_none_or(|(length, _)| text.len() > *length) => {
                *found = Some((text.len(), path.clone()));
            }
            Value::Object(members) if path.len() < DEPTH_MAX => {
                for (name, member) in members {
                    path.push(name.clone());
                    walk(member, path, found);
                    path.pop();
                }
            }
            _ => {}
        }
    }
    let mut found = None;
    walk(event, &mut Vec::new(), &mut found);
    let (_, names) = found?;
    // A name with a quote or a backslash is none to measure with.
    let is_plain = |name: &String| !name.contains(['\'', '"', '\\']);
    let steps: String = names.iter().map(|name| format!("['{name}']")).collect();
    names.iter().all(is_plain).then(|| format!("\"${steps}\""))
}
