//! The same work on many items, on all cores. What comes out never depends on how many there are.

use std::num::NonZero;
use std::thread;

/// Most threads for one query.
const THREADS_MAX: usize = 8;

/// Works on `items`, `chunk` of them at a time; one result a chunk, in their order.
pub(crate) fn map_chunks<T: Sync, R: Send>(
    items: &[T],
    chunk: usize,
    work: impl Fn(&[T]) -> R + Sync,
) -> Vec<R> {
    let chunks: Vec<&[T]> = items.chunks(chunk.max(1)).collect();
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let threads = cores.min(THREADS_MAX).min(chunks.len());
    if threads < 2 {
        return chunks.into_iter().map(work).collect();
    }
    // Each thread takes a run of neighbours: what it gives back joins on to the next one's.
    let run = chunks.len().div_ceil(threads);
    thread::scope(|scope| {
        let work = &work;
        let of_run = |run: &'_ [&'_ [T]]| run.iter().map(|items| work(items)).collect::<Vec<R>>();
        let mut runs = chunks.chunks(run);
        let first = runs.next().unwrap_or_default();
        let others: Vec<_> = runs.map(|run| scope.spawn(move || of_run(run))).collect();
        let mut results = of_run(first);
        for other in others {
            results.extend(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        results
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_the_order_of_the_items_however_they_are_cut() {
        let items: Vec<u32> = (0..1_000).collect();
        for chunk in [1, 7, 333, 1_000, 5_000] {
            let doubled =
                map_chunks(&items, chunk, |part| part.iter().map(|item| item * 2).collect::<Vec<_>>());
            assert_eq!(doubled.concat(), items.iter().map(|item| item * 2).collect::<Vec<_>>());
        }
        assert_eq!(map_chunks(&[0u8; 0], 10, <[u8]>::len), Vec::<usize>::new());
    }
}
