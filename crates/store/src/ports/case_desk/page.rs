//! Lists of cases, page by page.

use crate::backend::{Connection, Pool, Query, failed, query, query_made, query_scalar};
use crate::rows;
use crate::text::{Columns, to_column};
use cordon_enforce::Refusal;
use cordon_enforce::ports::{CaseFilter, CasePage, QueueLength, StoreError};
use cordon_enforce::queues::{QUEUES, order};
use cordon_model::case::{Case, CaseStatus, SourceSet};
use cordon_model::limits;

const QUEUE_LENGTH: &str = "SELECT open_count FROM queues WHERE queue_id = $1";
/// Open cases that are looked through one by one sooner than those of a source in all queues.
const SHORT_QUEUE: i64 = 10_000;
const QUEUE_LENGTHS: &str = "SELECT queue_id, open_count FROM queues";

/// Where a page begins: behind this place in queue order.
struct Place {
    deadline_at: i64,
    rank: i64,
    case_id: String,
}

impl Place {
    const FIRST: Place = Place { deadline_at: i64::MIN, rank: i64::MIN, case_id: String::new() };

    fn of(case: &Case) -> Self {
        let (deadline_at, rank) = order(case.deadline, case.rank);
        Self { deadline_at, rank, case_id: case.case_id.to_string() }
    }

    fn to_cursor(&self) -> String {
        format!("{}:{}:{}", self.deadline_at, self.rank, self.case_id)
    }

    fn parse(cursor: &str) -> Option<Self> {
        let (deadline_at, rest) = cursor.split_once(':')?;
        let (rank, case_id) = rest.split_once(':')?;
        Some(Self {
            deadline_at: deadline_at.parse().ok()?,
            rank: rank.parse().ok()?,
            case_id: case_id.to_owned(),
        })
    }
}

pub(super) async fn list_queues(readers: &Pool) -> Result<Vec<QueueLength>, StoreError> {
    let mut connection = readers.acquire().await.map_err(failed)?;
    fetch_lengths(&mut connection).await
}

pub(super) async fn fetch_lengths(connection: &mut Connection<'_>) -> Result<Vec<QueueLength>, StoreError> {
    let rows = query(QUEUE_LENGTHS).fetch_all(connection).await.map_err(failed)?;
    let mut lengths: Vec<QueueLength> =
        QUEUES.iter().map(|name| QueueLength { queue_id: (*name).into(), open_count: 0 }).collect();
    for row in &rows {
        let columns = Columns::of(row, "queue_id");
        let (queue_id, open_count) = (columns.text("queue_id")?.into(), columns.unsigned("open_count")?);
        match lengths.iter_mut().find(|length| length.queue_id == queue_id) {
            Some(length) => length.open_count = open_count,
            None => lengths.push(QueueLength { queue_id, open_count }),
        }
    }
    Ok(lengths)
}

pub(super) async fn list_cases(
    readers: &Pool,
    filter: &CaseFilter,
    cursor: Option<&str>,
    limit: usize,
) -> Result<CasePage, StoreError> {
    let place = match cursor {
        None => Place::FIRST,
        Some(cursor) => Place::parse(cursor).ok_or(Refusal::CursorInvalid)?,
    };
    let limit = limit.clamp(1, limits::PAGE_MAX);
    let sources = filter.source.map_or(i64::MAX, |source| SourceSet::of(source).bits());
    let status = filter.status.unwrap_or(CaseStatus::Open);
    let mut query = statement(readers, filter, status)
        .await?
        .bind(status.name())
        .bind(place.deadline_at)
        .bind(place.rank)
        .bind(place.case_id)
        .bind(sources)
        .bind(to_column(limit as u64 + 1));
    if let Some(queue_id) = &filter.queue_id {
        query = query.bind(queue_id.as_str());
    }
    let rows = query.fetch_all(readers).await.map_err(failed)?;
    let cases: Vec<Case> = rows.iter().take(limit).map(rows::case::read_listed).collect::<Result<_, _>>()?;
    // One row more than asked for was read, to know whether there is a next page.
    let next = cases.last().filter(|_| rows.len() > limit).map(|case| Place::of(case).to_cursor());
    Ok(CasePage { cases, next })
}

/// How the page is found. A source that few cases have would be looked for among all of a long queue.
async fn statement(readers: &Pool, filter: &CaseFilter, status: CaseStatus) -> Result<Query, StoreError> {
    let is_open = status == CaseStatus::Open;
    match (filter.source.filter(|_| is_open), &filter.queue_id) {
        (None, None) => Ok(query(rows::case::PAGE)),
        (None, Some(_)) => Ok(query(rows::case::PAGE_OF_QUEUE)),
        (Some(source), None) => Ok(query_made(rows::case::page_of_source(source, false))),
        (Some(source), Some(queue_id)) => {
            let length = query_scalar(QUEUE_LENGTH).bind(queue_id.as_str());
            let length: Option<i64> = length.fetch_optional(readers).await.map_err(failed)?;
            if length.unwrap_or(0) <= SHORT_QUEUE {
                return Ok(query(rows::case::PAGE_OF_QUEUE));
            }
            Ok(query_made(rows::case::page_of_source(source, true)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_and_anything_else_is_refused() {
        let place = Place { deadline_at: i64::MAX, rank: -5, case_id: "0a:b".into() };
        let back = Place::parse(&place.to_cursor()).unwrap();
        assert_eq!((back.deadline_at, back.rank, back.case_id.as_str()), (i64::MAX, -5, "0a:b"));
        assert!(Place::parse("").is_none() && Place::parse("1:x:c").is_none());
    }
}
