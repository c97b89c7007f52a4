//! `cordon queues`: what waits in each queue, and what waits too long. Works while the server runs.

use super::Shared;
use crate::cli::Queues as Options;
use crate::exit::Exit;
use crate::{data, print, queue_targets};
use anyhow::Result;
use cordon_enforce::ports::{CaseDesk, QueueBacklog};
use cordon_enforce::queues::QueueTargets;
use cordon_model::clock::{Clock, SystemClock, Timestamp};
use cordon_model::limits;
use serde_json::{Value, json};

/// Runs the command.
pub fn run(shared: &Shared, options: &Options) -> Result<Exit> {
    let targets = queue_targets::read(options.targets.as_deref())?;
    data::require(&shared.data)?;
    let now = SystemClock.now();
    let backlogs = data::with_record(shared, async |record| Ok(record.list_backlogs(&targets, now).await?))?;
    if shared.is_json {
        let queues: Vec<Value> = backlogs.iter().map(|backlog| as_json(backlog, &targets)).collect();
        print::json(&json!({ "queues": queues }))?;
    } else {
        table(&backlogs, &targets, now);
    }
    Ok(Exit::Clean)
}

/// A queue as `GET /v1/queues` has it.
fn as_json(backlog: &QueueBacklog, targets: &QueueTargets) -> Value {
    let target = targets.of(&backlog.queue_id);
    json!({
        "queue_id": backlog.queue_id,
        "open_count": backlog.open,
        "unclaimed_count": backlog.unclaimed,
        "oldest_opened_at": backlog.oldest_opened_at.map(|at| at.to_string()),
        "late_count": backlog.late,
        "due_soon_count": backlog.due_soon,
        "first_look_minutes": target.first_look_minutes,
        "decision_minutes": target.decision_minutes,
    })
}

fn table(backlogs: &[QueueBacklog], targets: &QueueTargets, now: Timestamp) {
    let mut table =
        print::table(&["queue", "open", "unclaimed", "oldest", "late", "due soon", "look in", "decide in"]);
    for backlog in backlogs {
        let target = targets.of(&backlog.queue_id);
        let oldest = backlog.oldest_opened_at.map(|at| span(now.seconds_since(at) as u64 / 60));
        table.add_row(vec![
            backlog.queue_id.to_string().into(),
            print::right(print::count(backlog.open)),
            print::right(print::count(backlog.unclaimed)),
            print::right(oldest.unwrap_or_default()),
            print::right(bounded(backlog.late)),
            print::right(bounded(backlog.due_soon)),
            print::right(span(target.first_look_minutes.into())),
            print::right(span(target.decision_minutes.into())),
        ]);
    }
    println!("{table}");
}

/// A count that may stand for that many or more.
fn bounded(count: u64) -> String {
    let is_more = count >= limits::LATE_COUNT_MAX as u64;
    format!("{}{}", print::count(count), if is_more { "+" } else { "" })
}

/// Minutes as people say them: `45 min`, `5.5 h`, `3.0 d`.
fn span(minutes: u64) -> String {
    match minutes {
        0..120 => format!("{minutes} min"),
        120..2_880 => format!("{:.1} h", minutes as f64 / 60.0),
        _ => format!("{:.1} d", minutes as f64 / 1_440.0),
    }
}
