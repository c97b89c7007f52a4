import createClient from 'openapi-fetch';
import type { components, paths } from './schema';

export type Schemas = components['schemas'];
export type Problem = Schemas['Problem'];

/** A request that was refused, or that never arrived. */
export class Refusal extends Error {
  readonly code: string;
  readonly status: number;
  readonly diagnostics: Schemas['Diagnostic'][];

  constructor(problem: Pick<Problem, 'code' | 'detail' | 'status'> & Partial<Problem>) {
    super(problem.detail);
    this.code = problem.code;
    this.status = problem.status;
    this.diagnostics = problem.diagnostics ?? [];
  }
}

/** Every write by cookie carries the header that no other site can send. */
export const CSRF_HEADERS = { 'X-Cordon-Csrf': '1' };

export const api = createClient<paths>({ baseUrl: '/', headers: CSRF_HEADERS });

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** What the server answered; throws a {@link Refusal} where it refused. */
export async function answered<T>(call: Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>;
  try {
    answer = await call;
  } catch {
    throw new Refusal({
      code: 'overloaded',
      detail: 'The server does not answer. Is it running?',
      status: 0,
    });
  }
  if (answer.response.ok) return answer.data as T;
  throw new Refusal(asProblem(answer.error, answer.response.status));
}

function asProblem(error: unknown, status: number): Pick<Problem, 'code' | 'detail' | 'status'> {
  if (typeof error === 'object' && error !== null && 'code' in error && 'detail' in error) {
    return error as Problem;
  }
  return { code: 'internal', detail: `The server answered with status ${status}.`, status };
}
