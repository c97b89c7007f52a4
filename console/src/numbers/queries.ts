import { queryOptions } from '@tanstack/react-query';
import { Refusal, answered, api } from '../api/client';
import { parseMetrics } from './metrics';

export const reliabilityQuery = (calibrated: boolean) =>
  queryOptions({
    queryKey: ['reliability', calibrated],
    queryFn: () => answered(api.GET('/v1/measures/reliability', { params: { query: { calibrated } } })),
  });

export const prevalenceQuery = queryOptions({
  queryKey: ['prevalence'],
  queryFn: () => answered(api.GET('/v1/measures/prevalence')),
});

export const responsesQuery = (days: number) =>
  queryOptions({
    queryKey: ['responses', days],
    queryFn: () => answered(api.GET('/v1/measures/queues', { params: { query: { days } } })),
    staleTime: 60_000,
  });

export const metricsQuery = queryOptions({
  queryKey: ['metrics'],
  queryFn: async () => {
    const { data, response } = await api.GET('/metrics', { parseAs: 'text' });
    if (data === undefined) {
      throw new Refusal({
        code: 'internal',
        detail: 'The server gives no figures.',
        status: response.status,
      });
    }
    return parseMetrics(data);
  },
  refetchInterval: 5_000,
});
