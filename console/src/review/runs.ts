import type { Schemas } from '../api/client';

type Entry = Schemas['TimelineEntry'];

/** Types of which one after another say little more than one. */
const QUIET = new Set(['account.logged_in', 'follow.created', 'follow.deleted', 'account.snapshot']);

/** Entries as they are read: those of a quiet type that follow each other stand together. */
export function runsOf(entries: Entry[]): Entry[][] {
  const runs: Entry[][] = [];
  for (const entry of entries) {
    const last = runs.at(-1);
    if (last?.[0]?.type === entry.type && QUIET.has(entry.type)) last.push(entry);
    else runs.push([entry]);
  }
  return runs;
}
