import type { Schemas } from '../api/client';

/** What can be done with a batch. */
export type Step = 'approve' | 'start' | 'pause' | 'take-back' | 'enlarge';

export interface Person {
  mayApprove: boolean;
  mayReview: boolean;
  isProposer: boolean;
}

/** The steps that a batch in this state leaves open to a person; the server asks anew. */
export function stepsOf(status: Schemas['Batch']['status'], person: Person): Step[] {
  const open: Step[] = [];
  if (status === 'refused' && person.mayReview) open.push('enlarge');
  if (status === 'passed' && person.mayApprove && !person.isProposer) open.push('approve');
  if ((status === 'approved' || status === 'paused') && person.mayReview) open.push('start');
  if (status === 'running' && person.mayReview) open.push('pause');
  if (['running', 'paused', 'done'].includes(status) && person.mayApprove) open.push('take-back');
  return open;
}
