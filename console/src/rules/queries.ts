import { queryOptions } from '@tanstack/react-query';
import { answered, api } from '../api/client';
import { queryClient } from '../api/queries';

export const rulesQuery = queryOptions({
  queryKey: ['rules'],
  queryFn: () => answered(api.GET('/v1/rules')),
});

export const ruleTextQuery = (version: number) =>
  queryOptions({
    queryKey: ['rules', version],
    queryFn: () => answered(api.GET('/v1/rules/{version}', { params: { path: { version } } })),
    staleTime: Infinity,
  });

export const ruleStatsQuery = queryOptions({
  queryKey: ['rule-stats'],
  queryFn: () => answered(api.GET('/v1/rules/stats')),
  refetchInterval: 5_000,
});

/** Something was published, moved or withdrawn; texts of versions never change. */
export async function reloadRules(): Promise<void> {
  await queryClient.invalidateQueries({ queryKey: rulesQuery.queryKey, exact: true });
  await queryClient.invalidateQueries({ queryKey: ruleStatsQuery.queryKey });
}
