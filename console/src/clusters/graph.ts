import type { Schemas } from '../api/client';

export type EvidenceGroup = Schemas['Evidence']['group'];

/** An account, or an entity that accounts share. */
export interface Node {
  id: string;
  kind: 'account' | 'entity';
  label: string;
  isSeed: boolean;
}

/** That an account used an entity, or that two accounts resemble each other in many small ways. */
export interface Link {
  source: number;
  target: number;
  group: EvidenceGroup;
  /** Bits: what rare things share is worth much, shared infrastructure little. */
  weight: number;
}

export interface Graph {
  nodes: Node[];
  links: Link[];
}

/** A graph out of what similar accounts share with their seeds; `groups` alone count where given. */
export function graphOf(found: Schemas['Similar'][], groups?: ReadonlySet<EvidenceGroup>): Graph {
  const builder = new Builder();
  for (const { account_id } of found) builder.account(account_id, true);
  for (const { account_id, candidates } of found) {
    const seed = builder.account(account_id, true);
    for (const candidate of candidates) {
      const rows = candidate.evidence.filter(
        (row) => (row.weight ?? 0) > 0 && (!groups || groups.has(row.group)),
      );
      if (rows.length > 0) builder.candidate(seed, candidate.account_id, rows);
    }
  }
  return { nodes: builder.nodes, links: [...builder.links.values()] };
}

class Builder {
  readonly nodes: Node[] = [];
  readonly links = new Map<string, Link>();
  private readonly places = new Map<string, number>();

  account(accountId: string, isSeed: boolean): number {
    return this.place(`account ${accountId}`, { id: accountId, kind: 'account', label: accountId, isSeed });
  }

  candidate(seed: number, accountId: string, rows: Schemas['Evidence'][]): void {
    const candidate = this.account(accountId, false);
    for (const row of rows) {
      const weight = row.weight ?? 0;
      if (!row.entity) {
        this.link(seed, candidate, row.group, weight);
        continue;
      }
      const id = `${row.entity_type} ${row.entity}`;
      const entity = this.place(`entity ${id}`, { id, kind: 'entity', label: id, isSeed: false });
      this.link(seed, entity, row.group, weight);
      this.link(entity, candidate, row.group, weight);
    }
  }

  private place(key: string, node: Node): number {
    const known = this.places.get(key);
    if (known !== undefined) return known;
    this.places.set(key, this.nodes.length);
    return this.nodes.push(node) - 1;
  }

  private link(source: number, target: number, group: EvidenceGroup, weight: number): void {
    const key = `${source} ${target} ${group}`;
    const known = this.links.get(key);
    if (!known || known.weight < weight) this.links.set(key, { source, target, group, weight });
  }
}

/** How a link is drawn: faint for what many share, thick for what hardly anybody does. */
export const STROKES = [
  { from: 0, width: 0.6, opacity: 0.25 },
  { from: 2, width: 1, opacity: 0.45 },
  { from: 5, width: 2, opacity: 0.7 },
  { from: 8, width: 3.5, opacity: 0.9 },
] as const;

export function strokeOf(weight: number): number {
  return STROKES.findLastIndex((stroke) => weight >= stroke.from);
}

/** Whether a point lies within a lasso, by how often a ray from it crosses the line. */
export function isWithin(x: number, y: number, lasso: readonly (readonly [number, number])[]): boolean {
  let within = false;
  lasso.forEach(([x1, y1], place) => {
    const [x2, y2] = lasso[(place + 1) % lasso.length] ?? [x1, y1];
    const crosses = y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1;
    if (crosses) within = !within;
  });
  return within;
}
