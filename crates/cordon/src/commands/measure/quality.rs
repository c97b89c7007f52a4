//! `cordon measure quality`.

use crate::commands::Shared;
use crate::exit::Exit;
use crate::print;
use anyhow::Result;
use cordon_measure::Quality;
use cordon_measure::quality::{Groups, Interval};

pub(super) fn print_quality(shared: &Shared, found: &Quality) -> Result<Exit> {
    if shared.is_json {
        print::json(found)?;
        return Ok(Exit::Clean);
    }
    match &found.agreement {
        Some(agreement) => {
            let raw = agreement.raw;
            let raw = percent(Interval { value: raw.share, low: raw.low, high: raw.high });
            println!(
                "Of {} cases judged twice, both found the same on {raw}.",
                print::count(agreement.cases)
            );
            if let (Some(kappa), Some(alpha)) = (agreement.kappa, agreement.alpha) {
                println!(
                    "Cohen's κ {:.2} ({:.2} to {:.2}), Krippendorff's α {alpha:.2}.",
                    kappa.value, kappa.low, kappa.high
                );
            }
        }
        None => println!("No case was judged twice yet: `share` in quality.yaml says how many are drawn."),
    }
    println!(
        "Golden cases: {} of {} answers right.",
        print::count(found.golden_right),
        print::count(found.golden_answers)
    );
    let mut table =
        print::table(&["reviewer", "judgements", "anchored", "false positives", "false negatives", "error"]);
    for row in &found.error_rates.reviewers {
        table.add_row(vec![
            row.reviewer.clone().into(),
            print::right(print::count(row.judgements)),
            print::right(print::count(row.anchored)),
            percent(row.false_positive).into(),
            percent(row.false_negative).into(),
            print::right(format!("{:.1} %", 100.0 * row.error)),
        ]);
    }
    println!("{table}");
    print_groups("Overturned, of decisions that found a violation", &found.overturned);
    print_groups("Golden cases without a violation said to be one", &found.golden_false_positives);
    println!(
        "Violation or none is all that is compared; who errs is estimated (Dawid and Skene), 95 % intervals."
    );
    Ok(Exit::Clean)
}

fn print_groups(what: &str, groups: &Groups) {
    if groups.groups.is_empty() {
        return;
    }
    let alarm = if groups.is_alarming { ": the intervals of two languages lie apart" } else { "" };
    println!("{what}{alarm}");
    let mut table = print::table(&["language", "of", "share"]);
    for group in &groups.groups {
        let share = group.share;
        table.add_row(vec![
            group.language.clone().unwrap_or_else(|| "unknown".to_owned()).into(),
            print::right(print::count(group.all)),
            percent(Interval { value: share.share, low: share.low, high: share.high }).into(),
        ]);
    }
    println!("{table}");
}

fn percent(of: Interval) -> String {
    format!("{:.1} % ({:.1} to {:.1})", 100.0 * of.value, 100.0 * of.low, 100.0 * of.high)
}
