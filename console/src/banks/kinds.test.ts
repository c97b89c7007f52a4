import { expect, it } from 'vitest';
import { contentOf, kindsOf } from './kinds';

it('what is typed is looked up as what it is', () => {
  expect(contentOf(' https://a.example/x ')).toEqual({ url: 'https://a.example/x' });
  expect(contentOf('d41d8cd98f00b204e9800998ecf8427e')).toEqual({ hash: 'd41d8cd98f00b204e9800998ecf8427e' });
  expect(contentOf('buy now at a.example')).toEqual({ text: 'buy now at a.example' });
});

it('a bank of texts takes no hashes', () => {
  expect(kindsOf('text')).toEqual(['text']);
  expect(kindsOf('media')).not.toContain('text');
});
