import { useCallback, useState } from 'react';
import { useLocation } from 'wouter';
import { claimNext } from './claimNext';

/** The way to the next case: claims it and goes there, or to the overview where none waits. */
export function useNextCase(queue?: string): { next: () => void; isBusy: boolean; error: Error | null } {
  const [, go] = useLocation();
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<Error | null>(null);
  const next = useCallback(() => {
    setBusy(true);
    setError(null);
    claimNext(queue)
      .then((claimed) => go(claimed ? `/review/${claimed.case_id}` : '/review'))
      .catch((failure: unknown) => setError(failure instanceof Error ? failure : new Error(String(failure))))
      .finally(() => setBusy(false));
  }, [go, queue]);
  return { next, isBusy, error };
}
