import { queryOptions } from '@tanstack/react-query';
import { Refusal, type Schemas, answered, api } from '../api/client';
import { queryClient } from '../api/queries';
import { inTurn, isTaken } from './queue';

const LIVE_MS = 10_000;

export const appealsQuery = queryOptions({
  queryKey: ['appeals'],
  queryFn: () => answered(api.GET('/v1/appeals')),
  refetchInterval: LIVE_MS,
});

export const appealQuery = (appealId: string) =>
  queryOptions({
    queryKey: ['appeal', appealId],
    queryFn: () =>
      answered(api.GET('/v1/appeals/{appeal_id}', { params: { path: { appeal_id: appealId } } })),
  });

export const statementQuery = (decisionId: string) =>
  queryOptions({
    queryKey: ['statement', decisionId],
    queryFn: () =>
      answered(
        api.GET('/v1/decisions/{decision_id}/statement', { params: { path: { decision_id: decisionId } } }),
      ),
    staleTime: 60_000,
  });

/** Takes an appeal, or keeps it longer where one holds it; resolves to until when. */
export async function claimAppeal(appealId: string): Promise<string | undefined> {
  const params = { path: { appeal_id: appealId } };
  const file = await answered(api.POST('/v1/appeals/{appeal_id}/claim', { params }));
  queryClient.setQueryData(appealQuery(appealId).queryKey, file);
  const until = file.appeal.claimed_until ?? undefined;
  queryClient.setQueryData(heldKey(appealId), until);
  return until;
}

/** An appeal does not say who holds it: what was claimed from here is remembered here. */
export const heldQuery = (appealId: string) =>
  queryOptions<string | null>({ queryKey: heldKey(appealId), queryFn: () => null, staleTime: Infinity });

const heldKey = (appealId: string) => ['held-appeal', appealId];

/** Somebody else's, decided meanwhile, or against a decision in which one had a part: another is next. */
const NOT_FOR_ME = new Set(['appeal_claimed', 'appeal_ended', 'second_person_needed']);

/** Claims the first appeal that waits for somebody like the caller; `null` where there is none. */
export async function claimNextAppeal(): Promise<Schemas['Appeal'] | null> {
  const { appeals } = await queryClient.query({ ...appealsQuery, staleTime: 0 });
  for (const appeal of inTurn(appeals).filter((each) => !isTaken(each))) {
    try {
      await claimAppeal(appeal.appeal_id);
      return appeal;
    } catch (error) {
      if (!(error instanceof Refusal && NOT_FOR_ME.has(error.code))) throw error;
    }
  }
  return null;
}
