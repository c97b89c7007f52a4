import { describe, expect, it } from 'vitest';
import type { Schemas } from '../api/client';
import { graphOf, isWithin, strokeOf } from './graph';

type Row = Schemas['Evidence'];
const row = (group: Row['group'], entity: string | null, weight: number): Row => ({
  group,
  entity_type: group,
  entity,
  terms: [],
  weight,
  text: '',
});
const similar = (account_id: string, candidates: [string, Row[]][]): Schemas['Similar'] => ({
  account_id,
  scored: 1,
  candidates: candidates.map(([id, evidence]) => ({
    account_id: id,
    evidence,
    weight: 1,
    probability: 0.5,
    is_calibrated: false,
  })),
});

describe('a graph of links', () => {
  const found = [
    similar('seed', [
      ['a', [row('device', 'phone', 9), row('content', null, 4)]],
      ['b', [row('device', 'phone', 7), row('network', '192.0.2.1', 0.5)]],
    ]),
  ];

  it('joins accounts by the entity that they share, and directly where there is none', () => {
    const { nodes, links } = graphOf(found);
    expect(nodes.map(({ id }) => id)).toEqual(['seed', 'a', 'device phone', 'b', 'network 192.0.2.1']);
    const named = links.map(({ source, target, weight }) => [nodes[source]?.id, nodes[target]?.id, weight]);
    expect(named).toEqual([
      ['seed', 'device phone', 9],
      ['device phone', 'a', 9],
      ['seed', 'a', 4],
      ['device phone', 'b', 7],
      ['seed', 'network 192.0.2.1', 0.5],
      ['network 192.0.2.1', 'b', 0.5],
    ]);
  });

  it('leaves out whom only other groups tie to it, and never the seed', () => {
    const { nodes } = graphOf(found, new Set(['content'] as const));
    expect(nodes.map(({ id }) => id)).toEqual(['seed', 'a']);
    expect(graphOf(found, new Set()).nodes.length).toBe(1);
  });

  it('draws rare links thick and shared infrastructure faint', () => {
    expect([0.1, 2, 7.9, 30].map(strokeOf)).toEqual([0, 1, 2, 3]);
  });
});

it('a lasso holds what it goes around', () => {
  const square = [
    [0, 0],
    [10, 0],
    [10, 10],
    [0, 10],
  ] as const;
  expect(isWithin(5, 5, square)).toBe(true);
  expect(isWithin(15, 5, square)).toBe(false);
  expect(isWithin(5, 5, [])).toBe(false);
});
