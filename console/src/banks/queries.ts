import { queryOptions } from '@tanstack/react-query';
import { answered, api } from '../api/client';

export const banksQuery = queryOptions({
  queryKey: ['banks'],
  queryFn: () => answered(api.GET('/v1/banks')),
  refetchInterval: 10_000,
});

const ENTRIES_SHOWN = 500;

export const bankEntriesQuery = (bankId: string) =>
  queryOptions({
    queryKey: ['bank', bankId],
    queryFn: () =>
      answered(
        api.GET('/v1/banks/{bank_id}/entries', {
          params: { path: { bank_id: bankId }, query: { count: ENTRIES_SHOWN } },
        }),
      ),
  });
