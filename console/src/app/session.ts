import { type Schemas, answered, api } from '../api/client';
import { setServerTime } from '../api/clock';
import { meQuery, queryClient } from '../api/queries';
import { pending } from '../review/pending';

const LINK = '#login=';

/** The one-time code of a log-in link, taken out of the address so that it is neither kept nor shared. */
export function codeInAddress(): string | null {
  const { hash, pathname, search } = window.location;
  if (!hash.startsWith(LINK)) return null;
  window.history.replaceState(null, '', pathname + search);
  return hash.slice(LINK.length);
}

export async function logIn(body: Schemas['NewSession']): Promise<void> {
  const me = await answered(api.POST('/v1/session', { body }));
  setServerTime(me.now);
  queryClient.setQueryData(meQuery.queryKey, me);
}

export async function logOut(): Promise<void> {
  // What was decided was decided, and by this session.
  await pending.flush();
  await answered(api.DELETE('/v1/session'));
  queryClient.clear();
  window.location.assign('/');
}
