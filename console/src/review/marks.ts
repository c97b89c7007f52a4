import type { Schemas } from '../api/client';

/** A stretch of text, and whether evidence speaks of it. */
export interface Stretch {
  text: string;
  isMatch: boolean;
}

/** Evidence groups whose values stand in what somebody writes. */
const WRITTEN = new Set(['content', 'url', 'bio', 'naming', 'social', 'media']);

/** What the evidence says that can be found in posts, longest first. */
export function needlesOf(evidence: Schemas['Evidence'][]): string[] {
  const named = evidence
    .filter((row) => WRITTEN.has(row.group))
    .flatMap((row) => [row.entity ?? '', ...(row.terms ?? []).map(({ term }) => term)]);
  const plain = named
    .map((name) => name.replace(/^[#@]/, '').toLowerCase())
    .filter((name) => name.length > 2);
  return [...new Set(plain)].sort((one, other) => other.length - one.length);
}

/** Cuts a text at what the needles name, as whole words and in any case. */
export function markMatches(text: string, needles: string[]): Stretch[] {
  if (needles.length === 0) return [{ text, isMatch: false }];
  const escaped = needles.map((needle) => needle.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}])(${escaped.join('|')})(?![\\p{L}\\p{N}])`, 'giu');
  const stretches = text.split(pattern).map((part, place) => ({ text: part, isMatch: place % 2 === 1 }));
  return stretches.filter((stretch) => stretch.text !== '');
}
