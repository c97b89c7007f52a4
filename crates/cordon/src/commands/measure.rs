//! `cordon measure`: what the record says of how well it goes. Works while the server runs.

mod quality;

use super::Shared;
use crate::cli::{Measure as Command, ReliabilityOptions};
use crate::exit::Exit;
use crate::{data, print, queue_targets};
use anyhow::{Context, Result};
use cordon_measure::reliability::Step;
use cordon_measure::{Prevalence, Quality, Quantiles, Reliability, Responses};
use cordon_model::binomial::Share;
use cordon_model::clock::{Clock, SystemClock};
use std::fmt::Write;
use std::path::Path;

/// Seconds of a day.
const DAY_SECONDS: i64 = 86_400;
/// Days beyond which they are not listed one by one.
const DAYS_SHOWN_MAX: usize = 92;
/// Characters of a bar that stands for 1.
const BAR: usize = 30;
/// Width and height of the drawing, without its margins.
const SIDE: f64 = 400.0;
/// Room for the axes.
const MARGIN: f64 = 48.0;

/// Runs the command.
pub fn run(shared: &Shared, command: Command) -> Result<Exit> {
    data::require(&shared.data)?;
    data::with_record(shared, async |record| match command {
        Command::Reliability(options) => {
            let found = Reliability::read(record, options.calibrated).await?;
            reliability(shared, &options, &found)
        }
        Command::Quality(options) => {
            let since = SystemClock.now().plus_seconds(-DAY_SECONDS * i64::from(options.days));
            quality::print_quality(shared, &Quality::read(record, since).await?)
        }
        Command::Prevalence => prevalence(shared, &Prevalence::read(record).await?),
        Command::Queues(options) => {
            let targets = queue_targets::read(options.targets.as_deref())?;
            let until = options.until.unwrap_or_else(|| SystemClock.now());
            let since = until.plus_seconds(-DAY_SECONDS * i64::from(options.days));
            queues(shared, &Responses::read(record, &targets, since, until).await?)
        }
    })
}

fn reliability(shared: &Shared, options: &ReliabilityOptions, found: &Reliability) -> Result<Exit> {
    if let Some(file) = &options.svg {
        write_svg(file, found)?;
    }
    if shared.is_json {
        print::json(found)?;
        return Ok(Exit::Clean);
    }
    let mut table = print::table(&["claimed", "cases", "found", "between", "", "picture"]);
    for step in &found.steps {
        table.add_row(vec![
            print::right(format!("{:.2}", step.claimed)),
            print::right(print::count(step.cases)),
            print::right(format!("{:.2}", step.found)),
            format!("{:.2}–{:.2}", step.low, step.high).into(),
            verdict(step).into(),
            bar(step).into(),
        ]);
    }
    println!("{table}");
    match (found.calibration_error, found.brier) {
        (Some(error), Some(brier)) => println!(
            "{} decided cases that similarity or a return put up, {} of them calibrated. Calibration error {error:.3}, \
             Brier {brier:.3}.\n█ found, │ claimed.",
            print::count(found.cases),
            print::count(found.calibrated)
        ),
        _ => println!("No case that similarity or a return put up is decided yet."),
    }
    Ok(Exit::Clean)
}

/// Whether what was claimed lies outside what the cases bear.
fn verdict(step: &Step) -> &'static str {
    if step.claimed < step.low {
        "too low"
    } else if step.claimed > step.high {
        "too high"
    } else {
        ""
    }
}

/// The share found as a bar, with a mark where it should end.
fn bar(step: &Step) -> String {
    let at = |share: f64| (share * BAR as f64).round() as usize;
    let (found, claimed) = (at(step.found), at(step.claimed).min(BAR - 1));
    let cell = |place: usize| match place {
        _ if place == claimed => '│',
        _ if place < found => '█',
        _ => '·',
    };
    (0..BAR).map(cell).collect()
}

/// The picture as people know it: claimed to the right, found upwards, the diagonal where both agree.
fn write_svg(file: &Path, found: &Reliability) -> Result<()> {
    let (x, y) = (|share: f64| MARGIN + share * SIDE, |share: f64| MARGIN / 2.0 + (1.0 - share) * SIDE);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <title>Probability claimed and share found</title>\n",
        SIDE + 1.5 * MARGIN,
        SIDE + 1.5 * MARGIN
    );
    let line = |from: (f64, f64), to: (f64, f64), style: &str| {
        let ((x1, y1), (x2, y2)) = ((x(from.0), y(from.1)), (x(to.0), y(to.1)));
        format!("<line x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\" {style}/>\n")
    };
    for tenth in 0..=5 {
        let share = f64::from(tenth) / 5.0;
        svg += &line((share, 0.0), (share, 1.0), "stroke=\"#ddd\"");
        svg += &line((0.0, share), (1.0, share), "stroke=\"#ddd\"");
        let (across, down) = (x(share), y(0.0) + 16.0);
        writeln!(svg, "<text x=\"{across:.1}\" y=\"{down:.1}\" text-anchor=\"middle\">{share:.1}</text>")?;
        let (left, height) = (x(0.0) - 6.0, y(share) + 4.0);
        writeln!(svg, "<text x=\"{left:.1}\" y=\"{height:.1}\" text-anchor=\"end\">{share:.1}</text>")?;
    }
    svg += &line((0.0, 0.0), (1.0, 1.0), "stroke=\"#888\" stroke-dasharray=\"4 4\"");
    for step in &found.steps {
        svg += &line(
            (step.claimed, step.low),
            (step.claimed, step.high),
            "stroke=\"#2266aa\" stroke-width=\"2\"",
        );
        let radius = 3.0 + (step.cases as f64).ln_1p();
        writeln!(
            svg,
            "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"{radius:.1}\" fill=\"#2266aa\"><title>claimed {:.2}, found {:.2} \
             of {} cases</title></circle>",
            x(step.claimed),
            y(step.found),
            step.claimed,
            step.found,
            step.cases
        )?;
    }
    writeln!(
        svg,
        "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">probability claimed</text>\n\
         <text transform=\"translate(14 {:.1}) rotate(-90)\" text-anchor=\"middle\">share of violations found</text>\n</svg>",
        x(0.5),
        y(0.0) + 36.0,
        y(0.5)
    )?;
    std::fs::write(file, svg).with_context(|| format!("cannot write {}", file.display()))
}

fn prevalence(shared: &Shared, found: &Prevalence) -> Result<Exit> {
    if shared.is_json {
        print::json(found)?;
        return Ok(Exit::Clean);
    }
    match found.share {
        Some(share) => println!(
            "Of {} accounts that were drawn at random and decided, {} violated a policy: {:.2} %, and 95 times of 100 \
             between {:.2} % and {:.2} % of the active accounts at which nothing pointed.",
            print::count(found.decided),
            print::count(found.violating),
            100.0 * share.share,
            100.0 * share.low,
            100.0 * share.high
        ),
        None => println!(
            "No account that was drawn at random is decided yet. `audit_share` in links.yaml says how many are drawn; \
             they wait in the queue `random`."
        ),
    }
    Ok(Exit::Clean)
}

fn queues(shared: &Shared, found: &Responses) -> Result<Exit> {
    if shared.is_json {
        print::json(found)?;
        return Ok(Exit::Clean);
    }
    if found.queues.is_empty() {
        println!("No case was opened since {}.", found.since);
    } else {
        println!("{}", queue_table(found));
    }
    if found.days.len() <= DAYS_SHOWN_MAX {
        println!("{}", day_table(found));
    }
    let pace = match found.days_to_empty {
        _ if found.open == 0 => "nothing waits".to_owned(),
        Some(days) => format!("none in {days:.1} days if the last seven go on"),
        None => "as many come as go, or more".to_owned(),
    };
    println!("{} cases are open: {pace}.", print::count(found.open));
    Ok(Exit::Clean)
}

fn day_table(found: &Responses) -> comfy_table::Table {
    let most = found.days.iter().map(|day| day.opened.max(day.closed)).max().unwrap_or(0);
    let mut table = print::table(&["day", "opened", "closed", "█ opened, ▒ closed"]);
    for day in &found.days {
        table.add_row(vec![
            day.day.to_string().into(),
            print::right(print::count(day.opened)),
            print::right(print::count(day.closed)),
            flow(day.opened, day.closed, most).into(),
        ]);
    }
    table
}

fn queue_table(found: &Responses) -> comfy_table::Table {
    let mut table = print::table(&[
        "queue",
        "opened",
        "closed",
        "first look",
        "p95",
        "in time",
        "decision",
        "p95",
        "in time",
    ]);
    let hours =
        |hours: Option<f64>| print::right(hours.map_or(String::new(), |hours| format!("{hours:.1} h")));
    let both = |spread: &Quantiles| [hours(spread.median), hours(spread.p95)];
    let share = |share: Option<Share>| {
        print::right(share.map_or(String::new(), |share| format!("{:.0} %", 100.0 * share.share)))
    };
    for queue in &found.queues {
        let [look, look_p95] = both(&queue.first_look_hours);
        let [decision, decision_p95] = both(&queue.decision_hours);
        table.add_row(vec![
            queue.queue_id.to_string().into(),
            print::right(print::count(queue.opened)),
            print::right(print::count(queue.closed)),
            look,
            look_p95,
            share(queue.looked_at_in_time),
            decision,
            decision_p95,
            share(queue.decided_in_time),
        ]);
    }
    table
}

/// Two bars on one line: what closed upon what was opened.
fn flow(opened: u64, closed: u64, most: u64) -> String {
    let cells = |count: u64| (count as f64 / most.max(1) as f64 * BAR as f64).round() as usize;
    let (opened, closed) = (cells(opened), cells(closed));
    let cell = |place: usize| if place < closed { '▒' } else { '█' };
    (0..opened.max(closed)).map(cell).collect()
}
