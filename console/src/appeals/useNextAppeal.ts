import { useMutation } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import { queryClient } from '../api/queries';
import { appealsQuery, claimNextAppeal } from './queries';

/** The way to the next appeal: claims it and goes there, or to the queue where none waits. */
export function useNextAppeal(): { next: () => void; isBusy: boolean; error: Error | null } {
  const [, go] = useLocation();
  const { mutate, isPending, error } = useMutation({
    mutationFn: claimNextAppeal,
    onSuccess: (claimed) => {
      void queryClient.invalidateQueries({ queryKey: appealsQuery.queryKey });
      go(claimed ? `/appeals/${claimed.appeal_id}` : '/appeals');
    },
  });
  return { next: () => mutate(), isBusy: isPending, error };
}
