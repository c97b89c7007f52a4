import { describe, expect, it } from 'vitest';
import { age, duration, likelier, minutesLeft } from './format';

describe('times', () => {
  const noon = Date.parse('2026-01-01T12:00:00Z');

  it('are told in their largest unit', () => {
    expect([59, 60, 3_599, 3_600, 86_400 * 3].map(duration)).toEqual([
      'now',
      '1 min',
      '59 min',
      '1 h',
      '3 d',
    ]);
  });

  it('are before or after the server’s now', () => {
    expect(age('2026-01-01T09:00:00Z', noon)).toBe('3 h ago');
    expect(age('2026-01-02T12:00:00Z', noon)).toBe('in 1 d');
  });

  it('of a lapsed lease stand at nought', () => {
    expect(minutesLeft('2026-01-01T12:14:05Z', noon)).toBe('14:05');
    expect(minutesLeft('2026-01-01T11:00:00Z', noon)).toBe('0:00');
  });
});

describe('bits', () => {
  it('are told as a comparison', () => {
    expect(likelier(1)).toBe('2.0 times likelier');
    expect(likelier(10)).toBe('1,024 times likelier');
    expect(likelier(40)).toBe('over a million times likelier');
    expect(likelier(-2)).toBe('4.0 times less likely');
  });
});
