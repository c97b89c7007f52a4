import type { Schemas } from '../api/client';

/** How often a rule held, in the sets that have it. */
export interface Compared {
  rule: string;
  live: number | undefined;
  shadow: number | undefined;
}

/** The rules of both sets side by side, the busiest first. */
export function compare(live: Schemas['RuleHits'][], shadow: Schemas['RuleHits'][]): Compared[] {
  const hitsOf = (rules: Schemas['RuleHits'][]) => new Map(rules.map(({ rule, hits }) => [rule, hits]));
  const [inLive, inShadow] = [hitsOf(live), hitsOf(shadow)];
  const names = new Set([...inLive.keys(), ...inShadow.keys()]);
  const rows = [...names].map((rule) => ({ rule, live: inLive.get(rule), shadow: inShadow.get(rule) }));
  const most = ({ live: one = 0, shadow: other = 0 }: Compared) => Math.max(one, other);
  return rows.sort((one, other) => most(other) - most(one) || one.rule.localeCompare(other.rule));
}

/** Where a line and column, both from 1, stand in a text. */
export function positionOf(text: string, line: number, column: number): number {
  const before = text.split('\n').slice(0, Math.max(0, line - 1));
  const start = before.reduce((sum, each) => sum + each.length + 1, 0);
  return Math.min(text.length, start + Math.max(0, column - 1));
}
