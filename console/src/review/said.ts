/** What an event says: what somebody wrote, and the rest as names and values. */
export interface Said {
  texts: string[];
  facts: [string, string][];
}

/** Names under which people write. */
const WRITTEN = new Set(['text', 'bio', 'display_name', 'title', 'description', 'body']);
/** What every entry of a timeline repeats. */
const SAID_ELSEWHERE = new Set(['type', 'time', 'report.account_id']);
/** What tells a reviewer nothing. */
const TECHNICAL = new Set(['id', 'lang', 'client']);
const DEPTH_MAX = 4;
const FACTS_MAX = 8;

export function said(event: unknown): Said {
  const found: Said = { texts: [], facts: [] };
  collect(event, [], found);
  const texts = [...new Set(found.texts)];
  const facts = found.facts.filter(([, value]) => !texts.some((text) => text.includes(value)));
  return { texts, facts: facts.slice(0, FACTS_MAX) };
}

function collect(value: unknown, path: string[], found: Said): void {
  if (typeof value === 'object' && value !== null && path.length < DEPTH_MAX) {
    for (const [name, below] of Object.entries(value)) collect(below, [...path, name], found);
    return;
  }
  const name = path.findLast((part) => !/^\d+$/.test(part)) ?? '';
  const isTold = SAID_ELSEWHERE.has(path.join('.')) || TECHNICAL.has(name);
  if (isTold || value === null || value === undefined || value === false || value === '') return;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (WRITTEN.has(name)) found.texts.push(text);
  else found.facts.push([name, text]);
}
