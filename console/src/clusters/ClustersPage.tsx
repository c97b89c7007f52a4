import { useQuery } from '@tanstack/react-query';
import { type SubmitEvent, useState } from 'react';
import { Button } from 'react-aria-components';
import { useLocation, useSearchParams } from 'wouter';
import { openCasesQuery } from '../api/queries';
import { Panel } from '../ui/parts';
import { Empty, Found } from '../ui/states';
import { ClusterCases } from './ClusterCases';
import { CoordinatedClusters } from './CoordinatedClusters';
import { LinksOf } from './LinksOf';
import { SEEDS_MAX, linksQuery } from './queries';
import './clusters.css';

/** Why accounts belong together: around accounts that one names, or without any. */
export default function ClustersPage() {
  const [search] = useSearchParams();
  const seeds = (search.get('seeds') ?? '').split(/[\s,]+/).filter((seed) => seed !== '');
  return (
    <div className="page">
      <div className="title-row">
        <h1>Clusters</h1>
      </div>
      <SeedForm key={seeds.join()} seeds={seeds} />
      {seeds.length > 0 ? (
        <Links seeds={seeds} />
      ) : (
        <>
          <ClusterCases />
          <CoordinatedClusters />
        </>
      )}
    </div>
  );
}

function SeedForm({ seeds }: { seeds: string[] }) {
  const [, go] = useLocation();
  const [typed, setTyped] = useState(seeds.join(' '));
  const cases = useQuery(openCasesQuery(undefined));
  const heavy = (cases.data?.cases ?? []).filter((one) => one.weight > 0).slice(0, SEEDS_MAX);
  const seek = (ids: string) => go(`/clusters?seeds=${encodeURIComponent(ids.trim())}`);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    seek(typed);
  };
  return (
    <form className="panel form-row" onSubmit={submit}>
      <label className="grow">
        Accounts to begin with, at most {SEEDS_MAX}
        <input value={typed} onChange={(event) => setTyped(event.target.value)} placeholder="their ids" />
      </label>
      <Button className="button primary" type="submit" isDisabled={typed.trim() === ''}>
        Show what links them
      </Button>
      {heavy.length > 0 && (
        <Button className="button" onPress={() => seek(heavy.map((one) => one.account_id).join(' '))}>
          From the open cases
        </Button>
      )}
      {seeds.length > 0 && (
        <Button className="button quiet" onPress={() => go('/clusters')}>
          Without a seed
        </Button>
      )}
    </form>
  );
}

function Links({ seeds }: { seeds: string[] }) {
  const links = useQuery(linksQuery(seeds));
  return (
    <Panel title="What links them">
      <Found query={links} what="links">
        {(found) =>
          found.some((one) => one.candidates.length > 0) ? (
            <LinksOf found={found} />
          ) : (
            <Empty>They share nothing rare with anybody.</Empty>
          )
        }
      </Found>
    </Panel>
  );
}
