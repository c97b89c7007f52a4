//! cordon's figures beside the best of the others, task by task.

use super::dataset::Dataset;
use super::metrics::Metrics;
use super::tasks::{Setup, Task};
use super::{Figure, LanguageRate, Line};
use crate::print;
use comfy_table::Cell;
use serde::Serialize;

/// The method that all others are held against.
pub(super) const OURS: &str = "cordon";

/// Everything measured on one task.
#[derive(Clone, Debug, Serialize)]
pub(super) struct TaskReport {
    task: String,
    members: usize,
    /// cordon beside the best of the others, one for each way of drawing seeds.
    comparisons: Vec<Comparison>,
    /// Every method in full.
    methods: Vec<Line>,
}

/// One way of drawing seeds.
#[derive(Clone, Debug, Serialize)]
struct Comparison {
    setup: &'static str,
    figures: Vec<Compared>,
}

/// One figure: what cordon reaches, and the best that another method does.
#[derive(Clone, Debug, Serialize)]
struct Compared {
    name: &'static str,
    cordon: f64,
    /// `None` where no other method was measured.
    best_baseline: Option<f64>,
    /// Which method that is; another figure may have another.
    best_baseline_method: Option<&'static str>,
}

/// Sorts what was measured by task.
pub(super) fn by_task(tasks: &[Task], lines: Vec<Line>) -> Vec<TaskReport> {
    let mut reports: Vec<TaskReport> = tasks.iter().map(empty).collect();
    for line in lines {
        if let Some(report) = reports.iter_mut().find(|report| report.task == line.task) {
            report.methods.push(line);
        }
    }
    for report in &mut reports {
        report.comparisons = Setup::ALL.iter().map(|setup| compare(&report.methods, setup.name())).collect();
    }
    reports
}

fn empty(task: &Task) -> TaskReport {
    let (task, members) = (task.name.clone(), task.members.len());
    TaskReport { task, members, comparisons: Vec::new(), methods: Vec::new() }
}

fn compare(lines: &[Line], setup: &'static str) -> Comparison {
    let of = |method: fn(&str) -> bool| {
        lines.iter().filter(move |line| line.setup == setup && method(line.method))
    };
    let ours = of(|method| method == OURS).flat_map(|line| &line.figures);
    let others: Vec<&Line> = of(|method| method != OURS).collect();
    let figures = ours.map(|figure| {
        let best = best_of(&others, figure.name);
        Compared {
            name: figure.name,
            cordon: figure.mean,
            best_baseline: best.map(|(mean, _)| mean),
            best_baseline_method: best.map(|(_, method)| method),
        }
    });
    Comparison { setup, figures: figures.collect() }
}

/// The best mean of a figure, and the method that reaches it; the first of equals.
fn best_of(lines: &[&Line], name: &str) -> Option<(f64, &'static str)> {
    let mean =
        |figures: &[Figure]| figures.iter().find(|figure| figure.name == name).map(|figure| figure.mean);
    let sign = if Metrics::is_error(name) { 1.0 } else { -1.0 };
    let all = lines.iter().filter_map(|line| Some((mean(&line.figures)?, line.method)));
    all.min_by(|(one, _), (two, _)| (sign * one).total_cmp(&(sign * two)))
}

/// Prints the tables for people.
pub(super) fn print_tables(dataset: &Dataset, reports: &[TaskReport]) {
    println!(
        "{} accounts with 5 posts or more, {} of them the crowd `{}`; {} groups",
        print::count(dataset.accounts.len() as u64),
        print::count(dataset.crowd().count() as u64),
        dataset.crowd_source,
        reports.len()
    );
    let mut head = vec!["group", "seeds", ""];
    head.extend(Metrics::NAMES);
    let mut table = print::table(&head);
    for report in reports {
        for comparison in &report.comparisons {
            add_rows(&mut table, &report.task, comparison);
        }
    }
    println!("{table}");
    println!(
        "best other: of each figure the best that any simpler method reaches; --json has every method in full"
    );
    print_languages(reports);
}

fn add_rows(table: &mut comfy_table::Table, task: &str, comparison: &Comparison) {
    let row = |name: &str, cells: Vec<Cell>| {
        let mut row = vec![Cell::new(task), Cell::new(comparison.setup), Cell::new(name)];
        row.extend(cells);
        row
    };
    let ours = comparison.figures.iter().map(|one| print::right(format!("{:.3}", one.cordon)));
    table.add_row(row(OURS, ours.collect()));
    let best = comparison.figures.iter().filter_map(|one| one.best_baseline);
    let best: Vec<Cell> = best.map(|mean| print::right(format!("{mean:.3}"))).collect();
    if !best.is_empty() {
        table.add_row(row("best other", best));
    }
}

/// The crowd swept up by language, of ten seeds; silent where posts name no language.
fn print_languages(reports: &[TaskReport]) {
    let mut table = print::table(&["group", "language of the crowd", "accounts", "cordon", "best other"]);
    let mut is_empty = true;
    for report in reports {
        let of_ten = || report.methods.iter().filter(|line| line.setup == Setup::Ten.name());
        let ours = of_ten().filter(|line| line.method == OURS).flat_map(|line| &line.languages);
        for rate in ours {
            let same = |other: &&LanguageRate| other.language == rate.language;
            let others = of_ten().filter(|line| line.method != OURS).flat_map(|line| &line.languages);
            let best = others.filter(same).map(|other| other.false_positive_rate).min_by(f64::total_cmp);
            table.add_row(vec![
                Cell::new(&report.task),
                Cell::new(&rate.language),
                print::right(print::count(rate.accounts.round() as u64)),
                print::right(format!("{:.3}", rate.false_positive_rate)),
                print::right(best.map_or("–".to_owned(), |best| format!("{best:.3}"))),
            ]);
            is_empty = false;
        }
    }
    if !is_empty {
        println!(
            "\nThe crowd swept up at the score that finds nine tenths of the group, ten seeds, by language:"
        );
        println!("{table}");
    }
}
