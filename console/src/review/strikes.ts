import type { Schemas } from '../api/client';
import { words } from '../ui/format';

type Step = Schemas['LadderStep'];

/** Where an account stands on the ladder, in a line. */
export function inWords({ strikes, points, reached, next }: Schemas['Strikes']): string {
  const counted =
    strikes.length === 0 ? 'none' : `${many(strikes.length, 'strike')}, ${many(points, 'point')}`;
  const proposes = reached ? `: ${stepInWords(reached)} proposed` : '';
  const above = next ? `; at ${next.points}: ${stepInWords(next)}` : '';
  return counted + proposes + above;
}

function stepInWords({ kind, days }: Step): string {
  return days == null ? words(kind) : `${words(kind)} for ${many(days, 'day')}`;
}

function many(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
