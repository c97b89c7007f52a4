import { createContext, useContext } from 'react';
import type { Schemas } from '../api/client';

export const MeContext = createContext<Schemas['Me'] | null>(null);

export type Permission = 'look' | 'review' | 'publish' | 'approve' | 'overturn' | 'audit';

/** Whether the one who is logged in may do something; the server asks anew. */
export function useMay(permission: Permission): boolean {
  return useContext(MeContext)?.may.includes(permission) ?? false;
}

export function useMyId(): string {
  return useContext(MeContext)?.operator_id ?? '';
}
