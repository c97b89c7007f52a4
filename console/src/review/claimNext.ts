import { type Schemas, answered, api } from '../api/client';
import { caseQuery, queryClient, timelineQuery } from '../api/queries';

/** What fails here is said by the screen that asks again. */
const noop = () => undefined;

/** Claims the first case that nobody holds and begins to load what its screen shows; `null` where none waits. */
export async function claimNext(queue?: string): Promise<Schemas['Case'] | null> {
  const claimed = await answered(
    api.POST('/v1/cases/next/claim', { params: { query: queue ? { queue } : {} } }),
  );
  void queryClient.invalidateQueries({ queryKey: ['queues'] });
  // 204: nothing waits.
  if (!claimed) return null;
  queryClient.query(timelineQuery(claimed.account_id, TIMELINE_COUNT)).catch(noop);
  await queryClient.query(caseQuery(claimed.case_id)).catch(noop);
  return claimed;
}

/** Entries of the timeline that a case shows. */
export const TIMELINE_COUNT = 60;
