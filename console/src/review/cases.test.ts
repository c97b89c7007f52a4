import { describe, expect, it } from 'vitest';
import type { Schemas } from '../api/client';
import { isClaimed, isInForce, mergeReports, oldestOf } from './cases';
import { markMatches, needlesOf } from './marks';

const report = (policy_id: string | null, text: string | null) => ({ policy_id, text }) as Schemas['Report'];

describe('reports', () => {
  it('are merged by reason, the most frequent first, and say each thing once', () => {
    const merged = mergeReports([
      report('spam', 'x'),
      report('hate', 'y'),
      report('hate', 'y'),
      report(null, null),
    ]);
    expect(merged.map(({ reason, reports, texts }) => [reason, reports.length, texts])).toEqual([
      ['hate', 2, ['y']],
      ['spam', 1, ['x']],
      ['no policy named', 1, []],
    ]);
  });
});

describe('a claim', () => {
  const claim = { claim_id: 'c', operator_id: 'alice', claimed_at: '', expires_at: '2026-01-01T12:00:00Z' };

  it('holds a case until it lapses', () => {
    expect(isClaimed({ claim }, Date.parse('2026-01-01T11:59:59Z'))).toBe(true);
    expect(isClaimed({ claim }, Date.parse('2026-01-01T12:00:00Z'))).toBe(false);
    expect(isClaimed({ claim: null })).toBe(false);
  });

  it('does not change which case is oldest', () => {
    expect(oldestOf([{ opened_at: '2026-02-01' }, { opened_at: '2026-01-01' }])).toBe('2026-01-01');
    expect(oldestOf([])).toBeUndefined();
  });
});

describe('matches in a text', () => {
  const row = (group: string, entity: string | null, terms: string[] = []) =>
    ({ group, entity, terms: terms.map((term) => ({ term, weight: 1 })) }) as Schemas['Evidence'];

  it('are whole words that the evidence names, in any case', () => {
    const needles = needlesOf([row('content', null, ['#Gull', 'tern']), row('network', '192.0.2.1')]);
    expect(needles).toEqual(['gull', 'tern']);
    const marked = markMatches('A GULL, a #gull and a gullet; tern.', needles);
    expect(marked.filter((one) => one.isMatch).map((one) => one.text)).toEqual(['GULL', 'gull', 'tern']);
    expect(marked.map((one) => one.text).join('')).toBe('A GULL, a #gull and a gullet; tern.');
  });

  it('are found in any script, and signs of patterns mean themselves', () => {
    expect(markMatches('باشاكو كةتوسو', ['كةتوسو']).at(-1)).toEqual({ text: 'كةتوسو', isMatch: true });
    expect(markMatches('see a.example', ['a.e(']).length).toBe(1);
  });
});

it('a hold limits reach until it is over or ended', () => {
  const [noon, expires_at] = [Date.parse('2026-01-01T12:00:00Z'), '2026-01-01T13:00:00Z'];
  expect(isInForce({ expires_at }, noon)).toBe(true);
  expect(isInForce({ expires_at }, noon + 3_600_000)).toBe(false);
  expect(isInForce({ expires_at, ended_at: '2026-01-01T11:00:00Z' }, noon)).toBe(false);
});
