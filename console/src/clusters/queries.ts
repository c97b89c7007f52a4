import { queryOptions } from '@tanstack/react-query';
import { type Schemas, Refusal, answered, api } from '../api/client';

/** Seeds sought for at once: each keeps a core of the server busy. */
export const SEEDS_MAX = 8;
export const TOP = 100;

/** Who is similar to each of the seeds, one after another. */
export const linksQuery = (seeds: string[]) =>
  queryOptions({
    queryKey: ['links', seeds],
    queryFn: async () => {
      const found: Schemas['Similar'][] = [];
      for (const seed of seeds.slice(0, SEEDS_MAX)) found.push(await similarTo(seed));
      return found;
    },
    staleTime: 60_000,
    enabled: seeds.length > 0,
  });

async function similarTo(accountId: string): Promise<Schemas['Similar']> {
  const call = api.GET('/v1/accounts/{account_id}/similar', {
    params: { path: { account_id: accountId }, query: { top: TOP } },
  });
  try {
    return await answered(call);
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'not_found') throw error;
    throw new Refusal({
      code: 'not_found',
      status: 404,
      detail: `No event ever named the account ${accountId}.`,
    });
  }
}

export const clustersQuery = (window: string, days: number) =>
  queryOptions({
    queryKey: ['clusters', window, days],
    queryFn: () => answered(api.GET('/v1/clusters', { params: { query: { window, days } } })),
    staleTime: 60_000,
  });

export const clusterCasesQuery = queryOptions({
  queryKey: ['cluster-cases'],
  queryFn: () => answered(api.GET('/v1/clusters/cases')),
  refetchInterval: 10_000,
});

export const clusterCaseQuery = (clusterCaseId: string) =>
  queryOptions({
    queryKey: ['cluster-case', clusterCaseId],
    queryFn: () =>
      answered(
        api.GET('/v1/clusters/cases/{cluster_case_id}', {
          params: { path: { cluster_case_id: clusterCaseId } },
        }),
      ),
  });
