import type { Schemas } from '../api/client';

/** A row's stretch of the sum, as shares of the widest point. */
export interface Bar {
  row: Schemas['Evidence'];
  from: number;
  to: number;
}

/** Each row begins where the one before it ended. */
export function waterfall(evidence: Schemas['Evidence'][]): Bar[] {
  const ends = evidence.reduce<number[]>(
    (sums, row) => [...sums, (sums.at(-1) ?? 0) + (row.weight ?? 0)],
    [],
  );
  const low = Math.min(0, ...ends);
  const width = Math.max(0, ...ends) - low || 1;
  return evidence.map((row, place) => ({
    row,
    from: ((ends[place - 1] ?? 0) - low) / width,
    to: ((ends[place] ?? 0) - low) / width,
  }));
}
