import { queryOptions } from '@tanstack/react-query';
import { answered, api } from '../api/client';

/** States in which a batch moves by itself. */
const MOVING = new Set(['running', 'taking_back']);

export const batchesQuery = queryOptions({
  queryKey: ['batches'],
  queryFn: () => answered(api.GET('/v1/batches')),
  refetchInterval: 5_000,
});

export const batchQuery = (batchId: string) =>
  queryOptions({
    queryKey: ['batch', batchId],
    queryFn: () => answered(api.GET('/v1/batches/{batch_id}', { params: { path: { batch_id: batchId } } })),
    refetchInterval: ({ state }) => (state.data && MOVING.has(state.data.status) ? 500 : 5_000),
  });

export const sampleQuery = (batchId: string) =>
  queryOptions({
    queryKey: ['sample', batchId],
    queryFn: () =>
      answered(
        api.GET('/v1/batches/{batch_id}/sample', {
          params: { path: { batch_id: batchId }, query: { count: 1 } },
        }),
      ),
    staleTime: 0,
    gcTime: 0,
  });

export const leftOutQuery = (batchId: string) =>
  queryOptions({
    queryKey: ['left-out', batchId],
    queryFn: () =>
      answered(
        api.GET('/v1/batches/{batch_id}/members', {
          params: { path: { batch_id: batchId }, query: { status: 'left_out' } },
        }),
      ),
    staleTime: 60_000,
  });
