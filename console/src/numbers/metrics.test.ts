import { expect, it } from 'vitest';
import { parseMetrics, total } from './metrics';

it('figures are read with what sets them apart, and comments are not', () => {
  const text = `# HELP a_total what
a_total{kind="warn",why="a \\"b\\""} 2
a_total{kind="suspend"} 3
lag 0.5
`;
  const samples = parseMetrics(text);
  expect(samples[0]).toEqual({ name: 'a_total', labels: { kind: 'warn', why: 'a \\"b\\"' }, value: 2 });
  expect([total(samples, 'a_total'), total(samples, 'lag'), total(samples, 'none')]).toEqual([
    5,
    0.5,
    undefined,
  ]);
});
