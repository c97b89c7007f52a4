// @vitest-environment node
import { expect, test } from 'vitest';
import { fromHex, isCommitted, leafOf, openNote, provesConsistency, provesInclusion } from './proof';
import vectors from './vectors.json';

const { key, inclusion, consistency } = vectors;
const nodes = (path: string[]) => path.map(fromHex);

async function isIn(record: typeof inclusion.record, path: string[], note: string): Promise<boolean> {
  const head = await openNote(note, key);
  return (
    head !== undefined &&
    (await isCommitted(record)) &&
    provesInclusion(await leafOf(record), record.sequence - 1, head, nodes(path))
  );
}

test('what the command proves is proved here', async () => {
  expect(await isIn(inclusion.record, inclusion.path, inclusion.checkpoint)).toBe(true);
  const [first, second] = await Promise.all([
    openNote(consistency.first, key),
    openNote(consistency.second, key),
  ]);
  expect(first && second && (await provesConsistency(first, second, nodes(consistency.path)))).toBe(true);
});

test('whatever is altered is not proved', async () => {
  const { record, path, checkpoint } = inclusion;
  const altered = [
    { ...record, sequence: record.sequence + 1 },
    { ...record, at: record.at + 1 },
    { ...record, actor: 'operator:somebody' },
    { ...record, verb: 'case.closed' },
    { ...record, subject: 'somebody' },
    { ...record, details: '{}' },
    { ...record, commitment: '0'.repeat(64) },
  ];
  for (const one of altered) expect(await isIn(one, path, checkpoint), JSON.stringify(one)).toBe(false);
  expect(await isIn(record, path.slice(1), checkpoint)).toBe(false);
  expect(await isIn(record, [...path].reverse(), checkpoint)).toBe(false);
});

test('an erased record is proved by its commitment alone', async () => {
  const erased = { ...inclusion.record, subject: '', details: '', salt: '' };
  expect(await isIn(erased, inclusion.path, inclusion.checkpoint)).toBe(true);
});

test('a note that another key signed, or that was altered, says nothing', async () => {
  const { checkpoint } = inclusion;
  expect(await openNote(checkpoint.replace('\n', '\n1'), key)).toBeUndefined();
  expect(await openNote('cordon/audit', key)).toBeUndefined();
  const [name, hash, bytes] = [key.split('+')[0], key.split('+')[1], key.split('+').slice(2).join('+')];
  expect(await openNote(checkpoint, `${name}+00000000+${bytes}`)).toBeUndefined();
  expect(await openNote(checkpoint, `other+${hash}+${bytes}`)).toBeUndefined();
});

test('a checkpoint is not consistent with one that it does not begin', async () => {
  const [first, second] = await Promise.all([
    openNote(consistency.first, key),
    openNote(consistency.second, key),
  ]);
  if (!first || !second) throw new Error('the notes are signed');
  const path = nodes(consistency.path);
  expect(await provesConsistency(second, first, path)).toBe(false);
  expect(await provesConsistency({ ...first, size: first.size + 1 }, second, path)).toBe(false);
  expect(await provesConsistency(first, { ...second, root: first.root }, path)).toBe(false);
  expect(await provesConsistency(second, second, [])).toBe(true);
});
