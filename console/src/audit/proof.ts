/**
 * Checks what the server says of its audit, with nothing but the browser's own cryptography: RFC 9162 over SHA-256, and the
 * Ed25519 signature of a checkpoint. What is shown as proved was computed here.
 */

/** A record with all that its leaf covers. */
export interface SealedRecord {
  sequence: number;
  at: number;
  actor: string;
  verb: string;
  subject: string;
  details: string;
  salt: string;
  commitment: string;
}

/** A tree as a checkpoint describes it. */
export interface TreeHead {
  size: number;
  root: Uint8Array;
}

type Bytes = Uint8Array<ArrayBuffer>;

const ORIGIN = 'cordon/audit';
const ED25519 = 1;
const KEY_NAME_BYTES = 4;

const utf8 = (text: string): Bytes => new TextEncoder().encode(text);

export function fromHex(text: string): Bytes {
  const pairs = text.match(/[0-9a-f]{2}/g) ?? [];
  if (pairs.length * 2 !== text.length) throw new Error('not hexadecimal');
  return Uint8Array.from(pairs, (pair) => parseInt(pair, 16));
}

export const toHex = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');

const fromBase64 = (text: string): Bytes => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

export const isSame = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && one.every((byte, place) => byte === other[place]);

function joined(...parts: Uint8Array[]): Bytes {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let place = 0;
  for (const part of parts) {
    all.set(part, place);
    place += part.length;
  }
  return all;
}

async function sha256(...parts: Uint8Array[]): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', joined(...parts)));
}

/** Eight bytes, the highest first. */
function number64(value: number): Bytes {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigInt64(0, BigInt(value));
  return bytes;
}

const behindItsLength = (text: string): Bytes => joined(number64(utf8(text).length), utf8(text));

/** The node above two. */
const above = (left: Uint8Array, right: Uint8Array) => sha256(Uint8Array.of(1), left, right);

/** The leaf of a record. */
export function leafOf(record: SealedRecord): Promise<Bytes> {
  const texts = [record.actor, record.verb, record.commitment].map(behindItsLength);
  return sha256(Uint8Array.of(0), number64(record.sequence), number64(record.at), ...texts);
}

export const isErased = ({ salt, subject, details }: SealedRecord): boolean =>
  salt === '' && subject === '' && details === '';

/** Whether subject and details are those that the leaf covers, or erased. */
export async function isCommitted(record: SealedRecord): Promise<boolean> {
  if (isErased(record)) return true;
  const texts = [record.salt, record.subject, record.details].map(behindItsLength);
  return toHex(await sha256(...texts)) === record.commitment;
}

/** Whether the path leads from the leaf at `index` to the root (RFC 9162 §2.1.3.2). */
export async function provesInclusion(
  leaf: Uint8Array,
  index: number,
  head: TreeHead,
  path: Uint8Array[],
): Promise<boolean> {
  if (index < 0 || index >= head.size) return false;
  let [place, last] = [index, head.size - 1];
  let reached = leaf;
  for (const node of path) {
    if (last === 0) return false;
    if (place % 2 === 1 || place === last) {
      reached = await above(node, reached);
      while (place % 2 === 0 && place !== 0) [place, last] = [half(place), half(last)];
    } else {
      reached = await above(reached, node);
    }
    [place, last] = [half(place), half(last)];
  }
  return last === 0 && isSame(reached, head.root);
}

/** Whether the records of `first` are the first of those of `second` (RFC 9162 §2.1.4.2). */
export async function provesConsistency(
  first: TreeHead,
  second: TreeHead,
  path: Uint8Array[],
): Promise<boolean> {
  if (first.size === 0 || first.size > second.size) return false;
  if (first.size === second.size) return path.length === 0 && isSame(first.root, second.root);
  const nodes = isPowerOfTwo(first.size) ? [first.root, ...path] : [...path];
  const start = nodes.shift();
  if (!start) return false;
  let [place, last] = [first.size - 1, second.size - 1];
  while (place % 2 === 1) [place, last] = [half(place), half(last)];
  let [toFirst, toSecond] = [start, start];
  for (const node of nodes) {
    if (last === 0) return false;
    if (place % 2 === 1 || place === last) {
      toFirst = await above(node, toFirst);
      toSecond = await above(node, toSecond);
      while (place % 2 === 0 && place !== 0) [place, last] = [half(place), half(last)];
    } else {
      toSecond = await above(toSecond, node);
    }
    [place, last] = [half(place), half(last)];
  }
  return last === 0 && isSame(toFirst, first.root) && isSame(toSecond, second.root);
}

const half = (value: number): number => Math.floor(value / 2);
const isPowerOfTwo = (value: number): boolean => Number.isInteger(Math.log2(value));

/** What a signed note says, where the key signed it; `undefined` where it did not, or the note is none. */
export async function openNote(note: string, keyText: string): Promise<TreeHead | undefined> {
  const end = note.indexOf('\n\n');
  const key = await readKey(keyText);
  if (end < 0 || !key) return undefined;
  const text = note.slice(0, end + 1);
  for (const line of note.slice(end + 2).split('\n')) {
    const signature = signatureOn(line, key.name);
    if (signature && (await crypto.subtle.verify('Ed25519', key.key, signature, utf8(text))))
      return head(text);
  }
  return undefined;
}

function signatureOn(line: string, name: Uint8Array): Bytes | undefined {
  const encoded = line.startsWith(`\u2014 ${ORIGIN} `) ? line.slice(`\u2014 ${ORIGIN} `.length) : undefined;
  if (encoded === undefined) return undefined;
  const signed = fromBase64(encoded.trim());
  return isSame(signed.slice(0, KEY_NAME_BYTES), name) ? signed.slice(KEY_NAME_BYTES) : undefined;
}

function head(text: string): TreeHead | undefined {
  const [origin, size, root] = text.split('\n');
  if (origin !== ORIGIN || !size || !/^\d{1,15}$/.test(size) || root === undefined) return undefined;
  const bytes = fromBase64(root);
  return bytes.length === 32 ? { size: Number(size), root: bytes } : undefined;
}

/** A verifier's key, `<name>+<hash>+<key>`, whose hash must be its own. */
async function readKey(text: string): Promise<{ key: CryptoKey; name: Bytes } | undefined> {
  const [origin, hash, ...rest] = text.trim().split('+');
  const bytes = fromBase64(rest.join('+'));
  if (origin !== ORIGIN || bytes[0] !== ED25519 || bytes.length !== 33) return undefined;
  const name = (await sha256(utf8(`${ORIGIN}\n`), bytes)).slice(0, KEY_NAME_BYTES);
  if (toHex(name) !== hash) return undefined;
  const key = await crypto.subtle.importKey('raw', bytes.slice(1), 'Ed25519', false, ['verify']);
  return { key, name };
}
