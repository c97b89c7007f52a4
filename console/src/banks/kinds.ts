import type { Schemas } from '../api/client';

export type BankKind = Schemas['NewBank']['kind'];
export type SignalKind = Schemas['NewEntry']['kind'];

/** What a bank of a kind holds, the likeliest first. */
const KINDS: Record<BankKind, readonly SignalKind[]> = {
  media: ['pdq', 'sha256', 'sha1', 'md5'],
  text: ['text'],
  url: ['domain', 'url', 'url_prefix'],
};

export function kindsOf(bank: BankKind): readonly SignalKind[] {
  return KINDS[bank];
}

/** What a value is asked for as, when it is looked up. */
export function contentOf(typed: string): Schemas['Content'] {
  const text = typed.trim();
  if (/^[0-9a-f]{32,64}$/i.test(text)) return { hash: text };
  if (/^[a-z]+:\/\/\S+$/i.test(text)) return { url: text };
  return { text };
}
