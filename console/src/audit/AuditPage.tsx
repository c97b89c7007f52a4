import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import type { Schemas } from '../api/client';
import { useMay } from '../app/me';
import { count, instant } from '../ui/format';
import { Badge, Panel } from '../ui/parts';
import { Empty, ErrorNotice, Found } from '../ui/states';
import { type Verdict, auditQuery, checkKept, checkpointQuery, proofQuery } from './queries';
import './audit.css';

/** Who did what to whom, with proofs that this browser checks. */
export default function AuditPage() {
  if (!useMay('audit')) return <Empty>The audit is for administrators.</Empty>;
  return <Audit />;
}

function Audit() {
  const checkpoint = useQuery(checkpointQuery);
  return (
    <div className="page">
      <h1>Audit</h1>
      <Found query={checkpoint} what="the checkpoint">
        {(found) => (
          <>
            <Checkpoint found={found} />
            <Records signingKey={found.key} />
          </>
        )}
      </Found>
    </div>
  );
}

function Checkpoint({ found }: { found: Schemas['SignedCheckpoint'] }) {
  const [note, setNote] = useState('');
  const check = useMutation({ mutationFn: () => checkKept(note, found.key) });
  return (
    <Panel
      title="Is the past still the past?"
      aside={<span className="dim">{count(found.size)} records</span>}
    >
      <p>
        Keep this checkpoint where nobody who can write here can. The key has to be the one that you were
        given by other ways than this page: what <code>cordon audit key</code> printed.
      </p>
      {/* It scrolls, so that keys must reach it. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <pre className="scroll" tabIndex={0} role="region" aria-label="Checkpoint">
        {found.note}
      </pre>
      <p>
        Key <code className="break">{found.key}</code>
      </p>
      <form
        className="form-row"
        onSubmit={(event) => {
          event.preventDefault();
          check.mutate();
        }}
      >
        <label className="grow">
          A checkpoint that you kept
          <textarea
            rows={4}
            required
            spellCheck={false}
            value={note}
            onChange={(event) => setNote(event.target.value)}
            placeholder={'cordon/audit\n…'}
          />
        </label>
        <Button className="button" type="submit" isDisabled={check.isPending}>
          Hold it against the audit
        </Button>
      </form>
      {check.data && <Said verdict={check.data} />}
      {check.error && <ErrorNotice error={check.error} />}
    </Panel>
  );
}

function Records({ signingKey }: { signingKey: string }) {
  const audit = useInfiniteQuery(auditQuery);
  const [open, setOpen] = useState<number>();
  const records = audit.data?.pages.flatMap((page) => page.records) ?? [];
  return (
    <Panel title="What was done" aside={<span className="dim">the newest first</span>}>
      {audit.error && <ErrorNotice error={audit.error} />}
      <div className="scroll">
        <table className="table audit">
          <thead>
            <tr>
              <th className="number">Record</th>
              <th>When</th>
              <th>Who</th>
              <th>What</th>
              <th>To</th>
              <th>Proof</th>
            </tr>
          </thead>
          <tbody>
            {records.map((record) => (
              <Row
                key={record.sequence}
                record={record}
                isOpen={open === record.sequence}
                toggle={() => setOpen(open === record.sequence ? undefined : record.sequence)}
                signingKey={signingKey}
              />
            ))}
          </tbody>
        </table>
      </div>
      {audit.hasNextPage && (
        <Button className="button" onPress={() => void audit.fetchNextPage()} isDisabled={audit.isFetching}>
          Older ones
        </Button>
      )}
    </Panel>
  );
}

function Row({
  record,
  isOpen,
  toggle,
  signingKey,
}: {
  record: Schemas['SealedRecord'];
  isOpen: boolean;
  toggle: () => void;
  signingKey: string;
}) {
  return (
    <>
      <tr>
        <td className="number">{count(record.sequence)}</td>
        <td>{instant(new Date(record.at / 1_000).toISOString())}</td>
        <td>
          <bdi>{record.actor.replace(/^operator:/, '')}</bdi>
        </td>
        <td>{record.verb}</td>
        <td>
          <bdi>{record.subject || 'erased'}</bdi>
        </td>
        <td>
          <Button className="button quiet" aria-expanded={isOpen} onPress={toggle}>
            Check record {record.sequence}
          </Button>
        </td>
      </tr>
      {isOpen && (
        <tr>
          <td colSpan={6}>
            {record.details && <code className="break">{record.details}</code>}
            <Proof record={record} signingKey={signingKey} />
          </td>
        </tr>
      )}
    </>
  );
}

function Proof({ record, signingKey }: { record: Schemas['SealedRecord']; signingKey: string }) {
  const proof = useQuery(proofQuery(record, signingKey));
  return (
    <Found query={proof} what="the proof">
      {(verdict) => <Said verdict={verdict} />}
    </Found>
  );
}

function Said({ verdict }: { verdict: Verdict }) {
  return (
    <p role="status">
      <Badge tone={verdict.isProved ? 'good' : 'bad'}>
        {verdict.isProved ? 'proved here' : 'not proved'}
      </Badge>{' '}
      {verdict.says}
    </p>
  );
}
