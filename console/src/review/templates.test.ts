import { expect, test } from 'vitest';
import { offered } from './templates';

const template = (template_id: string, more: object = {}) => ({
  template_id,
  kinds: ['suspend' as const],
  policies: [],
  sources: [],
  text: template_id,
  ...more,
});

test('what fits is offered, first what is meant for the way the account came to notice', () => {
  const templates = [
    template('posts'),
    template('clear', { kinds: ['no_violation'] }),
    template('return', { sources: ['return'] }),
    template('spam', { policies: ['spam'] }),
  ];
  const ids = (policyId: string | undefined, sources: 'return'[]) =>
    offered(templates, 'suspend', policyId, sources).map((one) => one.template_id);
  expect(ids(undefined, [])).toEqual(['posts', 'return']);
  expect(ids('spam', ['return'])).toEqual(['return', 'posts', 'spam']);
  expect(offered(templates, 'warn', undefined, [])).toEqual([]);
});

test('no more are offered than there are keys', () => {
  const many = Array.from({ length: 12 }, (_, number) => template(String(number)));
  expect(offered(many, 'suspend', undefined, [])).toHaveLength(9);
});
