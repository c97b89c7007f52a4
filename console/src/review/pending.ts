import { type Schemas, answered, api } from '../api/client';
import { queryClient } from '../api/queries';

export type DecisionKind = Schemas['NewDecision']['kind'];

/** A decision that waits some seconds, so that its maker may still think better of it. */
export interface PendingDecision {
  caseId: string;
  accountId: string;
  body: Schemas['NewDecision'];
  /** By the browser's clock. */
  sendsAt: number;
  failure?: string;
}

export const UNDO_MS = 5_000;

type Send = (decision: PendingDecision, isLeaving: boolean) => Promise<unknown>;

/** The decisions made here that have not been sent yet, oldest first. */
export class Pending {
  private waiting: PendingDecision[] = [];
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>();
  private readonly listeners = new Set<() => void>();

  constructor(private readonly send: Send) {}

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly list = (): PendingDecision[] => this.waiting;

  add(decision: Omit<PendingDecision, 'sendsAt'>): void {
    const { caseId } = decision;
    this.put([
      ...this.waiting.filter((one) => one.caseId !== caseId),
      { ...decision, sendsAt: Date.now() + UNDO_MS },
    ]);
    this.timers.set(
      caseId,
      setTimeout(() => void this.sendNow(caseId), UNDO_MS),
    );
  }

  /** Takes the newest decision back that has not been sent; `undefined` where all have. */
  undo(): PendingDecision | undefined {
    const last = this.waiting.findLast((one) => this.timers.has(one.caseId));
    if (last) this.drop(last.caseId);
    return last;
  }

  /** Forgets a decision, sent or not. */
  drop(caseId: string): void {
    clearTimeout(this.timers.get(caseId));
    this.timers.delete(caseId);
    this.put(this.waiting.filter((one) => one.caseId !== caseId));
  }

  /** Sends everything at once: the page, or the session, is about to go. */
  async flush(): Promise<void> {
    const left = this.waiting.filter((one) => this.timers.has(one.caseId));
    const sent = left.map((decision) => {
      clearTimeout(this.timers.get(decision.caseId));
      this.timers.delete(decision.caseId);
      return this.send(decision, true);
    });
    await Promise.allSettled(sent);
  }

  private async sendNow(caseId: string): Promise<void> {
    this.timers.delete(caseId);
    const decision = this.waiting.find((one) => one.caseId === caseId);
    if (!decision) return;
    try {
      await this.send(decision, false);
      this.drop(caseId);
    } catch (error) {
      const failure = error instanceof Error ? error.message : String(error);
      this.put(this.waiting.map((one) => (one.caseId === caseId ? { ...one, failure } : one)));
    }
  }

  private put(waiting: PendingDecision[]): void {
    this.waiting = waiting;
    this.listeners.forEach((listener) => listener());
  }
}

async function sendDecision({ caseId, body }: PendingDecision, isLeaving: boolean): Promise<unknown> {
  const sent = await answered(
    api.POST('/v1/cases/{case_id}/decision', {
      params: { path: { case_id: caseId } },
      body,
      keepalive: isLeaving,
    }),
  );
  await queryClient.invalidateQueries({ queryKey: ['case', caseId] });
  await queryClient.invalidateQueries({ queryKey: ['cases'] });
  await queryClient.invalidateQueries({ queryKey: ['queues'] });
  return sent;
}

export const pending = new Pending(sendDecision);
