import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { answered, api } from '../api/client';
import {
  type SealedRecord,
  fromHex,
  isCommitted,
  leafOf,
  openNote,
  provesConsistency,
  provesInclusion,
} from './proof';

const PAGE = 50;

export const auditQuery = infiniteQueryOptions({
  queryKey: ['audit'],
  queryFn: ({ pageParam }) =>
    answered(
      api.GET('/v1/audit', {
        params: { query: { limit: PAGE, ...(pageParam !== null && { before: pageParam }) } },
      }),
    ),
  initialPageParam: null as number | null,
  getNextPageParam: (page) => page.next_before ?? null,
});

export const checkpointQuery = queryOptions({
  queryKey: ['audit-checkpoint'],
  queryFn: () => answered(api.GET('/v1/audit/checkpoint')),
});

/** What came of a check that was made here. */
export interface Verdict {
  isProved: boolean;
  says: string;
}

const CANNOT = 'This browser cannot check Ed25519 signatures: use `cordon audit check`.';

/** Whether a record, as it is shown, is one of those that a signed checkpoint covers. */
export const proofQuery = (shown: SealedRecord, key: string) =>
  queryOptions({
    queryKey: ['audit-proof', shown, key],
    queryFn: () => checked(() => checkRecord(shown, key)),
    staleTime: Infinity,
  });

/** Only the path and the checkpoint are taken from the proof: what is proved is what is on the screen. */
async function checkRecord(shown: SealedRecord, key: string): Promise<Verdict> {
  const { sequence } = shown;
  const params = { path: { sequence: String(sequence) } };
  const { path, checkpoint } = await answered(api.GET('/v1/audit/{sequence}/proof', { params }));
  const head = await openNote(checkpoint, key);
  if (!head) return { isProved: false, says: 'The checkpoint is not signed by the key.' };
  if (!(await isCommitted(shown))) {
    return { isProved: false, says: 'The record does not say what was sealed.' };
  }
  const isIn = await provesInclusion(await leafOf(shown), sequence - 1, head, path.map(fromHex));
  return isIn
    ? {
        isProved: true,
        says: `Record ${sequence} is one of the ${head.size} that the checkpoint is signed for.`,
      }
    : { isProved: false, says: 'The path does not lead from the record to the signed root.' };
}

/** Whether nothing was changed since somebody kept a checkpoint. */
export async function checkKept(note: string, key: string): Promise<Verdict> {
  return checked(async () => {
    const first = await openNote(note, key);
    if (!first) return { isProved: false, says: 'What you kept is no checkpoint, or not signed by the key.' };
    const proof = await answered(api.POST('/v1/audit/consistency', { body: { note } }));
    const second = await openNote(proof.second, key);
    const holds = second && (await provesConsistency(first, second, proof.path.map(fromHex)));
    return holds
      ? { isProved: true, says: `The first ${first.size} of ${second.size} records are as they were.` }
      : { isProved: false, says: `The first ${first.size} records are not those that it was signed for.` };
  });
}

async function checked(check: () => Promise<Verdict>): Promise<Verdict> {
  try {
    return await check();
  } catch (error) {
    if (error instanceof DOMException && error.name === 'NotSupportedError') {
      return { isProved: false, says: CANNOT };
    }
    throw error;
  }
}
