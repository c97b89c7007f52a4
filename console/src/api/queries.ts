import { MutationCache, QueryCache, QueryClient, queryOptions } from '@tanstack/react-query';
import { Refusal, answered, api } from './client';
import { setServerTime } from './clock';

/** A session that ended leads back to the log-in. */
function onError(error: Error): void {
  if (error instanceof Refusal && error.code === 'unauthenticated') {
    void queryClient.resetQueries({ queryKey: ['me'] });
  }
}

export const queryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error, query) => {
      if (query.queryKey[0] !== 'me') onError(error);
    },
  }),
  mutationCache: new MutationCache({ onError }),
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      refetchOnWindowFocus: false,
      retry: (failures, error) =>
        failures < 2 && error instanceof Refusal && (error.status === 503 || error.status === 0),
    },
  },
});

const LIVE_MS = 10_000;

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: async () => {
    const me = await answered(api.GET('/v1/me'));
    setServerTime(me.now);
    return me;
  },
  retry: false,
  staleTime: Infinity,
});

export const queuesQuery = queryOptions({
  queryKey: ['queues'],
  queryFn: () => answered(api.GET('/v1/queues')),
  refetchInterval: LIVE_MS,
});

export const mentionsQuery = queryOptions({
  queryKey: ['mentions'],
  queryFn: () => answered(api.GET('/v1/me/mentions')),
  refetchInterval: LIVE_MS,
});

export const openCasesQuery = (queue: string | undefined) =>
  queryOptions({
    queryKey: ['cases', queue ?? 'all'],
    queryFn: () =>
      answered(api.GET('/v1/cases', { params: { query: { limit: 100, ...(queue && { queue }) } } })),
    refetchInterval: LIVE_MS,
  });

export const caseQuery = (caseId: string) =>
  queryOptions({
    queryKey: ['case', caseId],
    queryFn: () => answered(api.GET('/v1/cases/{case_id}', { params: { path: { case_id: caseId } } })),
  });

export const policiesQuery = queryOptions({
  queryKey: ['policies'],
  queryFn: () => answered(api.GET('/v1/policies')),
  staleTime: 60_000,
});

export const templatesQuery = queryOptions({
  queryKey: ['templates'],
  queryFn: () => answered(api.GET('/v1/decisions/templates')),
  staleTime: Infinity,
});

export const accountQuery = (accountId: string) =>
  queryOptions({
    queryKey: ['account', accountId],
    queryFn: () =>
      answered(api.GET('/v1/accounts/{account_id}', { params: { path: { account_id: accountId } } })),
  });

export const timelineQuery = (accountId: string, count: number) =>
  queryOptions({
    queryKey: ['timeline', accountId, count],
    queryFn: async () => {
      try {
        return await answered(
          api.GET('/v1/accounts/{account_id}/timeline', {
            params: { path: { account_id: accountId }, query: { count } },
          }),
        );
      } catch (error) {
        // Known from reports alone, or erased.
        if (error instanceof Refusal && error.code === 'not_found') return { entries: [] };
        throw error;
      }
    },
    staleTime: 60_000,
  });

export const similarQuery = (accountId: string, top: number) =>
  queryOptions({
    queryKey: ['similar', accountId, top],
    queryFn: async () => {
      try {
        return await answered(
          api.GET('/v1/accounts/{account_id}/similar', {
            params: { path: { account_id: accountId }, query: { top } },
          }),
        );
      } catch (error) {
        if (error instanceof Refusal && error.code === 'not_found') {
          return { account_id: accountId, candidates: [], scored: 0 };
        }
        throw error;
      }
    },
    staleTime: 60_000,
  });
