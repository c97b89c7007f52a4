import { type ComponentType, lazy } from 'react';
import type { Permission } from './me';

interface Area {
  path: string;
  title: string;
  /** For those alone who may do this. */
  needs?: Permission;
}

/** The console's areas, in the order of the navigation. */
export const AREAS: readonly Area[] = [
  { path: '/review', title: 'Review' },
  { path: '/appeals', title: 'Appeals' },
  { path: '/clusters', title: 'Clusters' },
  { path: '/batches', title: 'Batches' },
  { path: '/investigate', title: 'Investigate' },
  { path: '/rules', title: 'Rules' },
  { path: '/banks', title: 'Banks' },
  { path: '/numbers', title: 'Numbers' },
  { path: '/audit', title: 'Audit', needs: 'audit' },
];

/** Those of them that somebody may open. */
export const areasFor = (may: readonly string[]): Area[] =>
  AREAS.filter(({ needs }) => needs === undefined || may.includes(needs));

interface Page {
  route: string;
  page: ComponentType;
}

/** Pages that load when they are opened. */
export const LAZY_PAGES: readonly Page[] = [
  { route: '/appeals', page: lazy(() => import('../appeals/AppealsPage')) },
  { route: '/appeals/:appealId', page: lazy(() => import('../appeals/AppealPage')) },
  { route: '/clusters', page: lazy(() => import('../clusters/ClustersPage')) },
  { route: '/clusters/cases/:caseId', page: lazy(() => import('../clusters/ClusterCasePage')) },
  { route: '/batches', page: lazy(() => import('../batches/BatchesPage')) },
  { route: '/batches/:batchId', page: lazy(() => import('../batches/BatchPage')) },
  { route: '/investigate', page: lazy(() => import('../investigate/QueryPage')) },
  { route: '/rules', page: lazy(() => import('../rules/RulesPage')) },
  { route: '/banks', page: lazy(() => import('../banks/BanksPage')) },
  { route: '/audit', page: lazy(() => import('../audit/AuditPage')) },
  { route: '/numbers', page: lazy(() => import('../numbers/NumbersPage')) },
  { route: '/accounts/:accountId', page: lazy(() => import('../investigate/AccountPage')) },
];
