import { useMutation } from '@tanstack/react-query';
import { type KeyboardEvent, useRef, useState } from 'react';
import { Button } from 'react-aria-components';
import { useLocation } from 'wouter';
import { type Schemas, answered, api } from '../api/client';
import { caseQuery, queryClient } from '../api/queries';
import { useMay } from '../app/me';
import { useShortcuts } from '../keyboard/shortcuts';
import { Ago, Badge, Key, Panel } from '../ui/parts';
import { ErrorNotice } from '../ui/states';

const KINDS = { note: null, hand_over: 'handed over', escalation: 'put before a lead' };

/** What those who work on the case wrote to each other; and, for whoever holds it, the ways to pass it on. */
export function Notes({
  file: { case: one, notes },
  claimId,
}: {
  file: Schemas['CaseFile'];
  claimId: string | undefined;
}) {
  const mayReview = useMay('review');
  return (
    <Panel title="Notes" aside={<span className="dim">{notes.length}</span>}>
      <ul className="list">
        {notes.map((note) => (
          <Note key={note.number} note={note} />
        ))}
      </ul>
      {mayReview && <Write caseId={one.case_id} claimId={claimId} />}
    </Panel>
  );
}

/** One note, with what it did. */
export function Note({ note }: { note: Schemas['Note'] }) {
  const done = KINDS[note.kind];
  return (
    <li>
      <div className="dim">
        {note.author ? <bdi>{note.author}</bdi> : 'Somebody'}, <Ago at={note.written_at} />{' '}
        {done && <Badge tone="info">{done}</Badge>}
      </div>
      <blockquote dir="auto">{note.text || 'Erased with the account’s data.'}</blockquote>
    </li>
  );
}

function Write({ caseId, claimId }: { caseId: string; claimId: string | undefined }) {
  const [, go] = useLocation();
  const [text, setText] = useState('');
  const [to, setTo] = useState('');
  const area = useRef<HTMLTextAreaElement>(null);
  const other = useRef<HTMLInputElement>(null);
  const params = { path: { case_id: caseId } };
  const done = () => {
    setText('');
    return queryClient.invalidateQueries({ queryKey: caseQuery(caseId).queryKey });
  };
  const note = useMutation({
    mutationFn: () => answered(api.POST('/v1/cases/{case_id}/notes', { params, body: { text } })),
    onSuccess: done,
  });
  const escalate = useMutation({
    mutationFn: (claim_id: string) =>
      answered(api.POST('/v1/cases/{case_id}/escalate', { params, body: { claim_id, reason: text } })),
    onSuccess: () => done().then(() => go('/review')),
  });
  const handOver = useMutation({
    mutationFn: (claim_id: string) =>
      answered(api.POST('/v1/cases/{case_id}/hand-over', { params, body: { claim_id, to, reason: text } })),
    onSuccess: () => done().then(() => go('/review')),
  });
  const isEmpty = text.trim() === '';
  const write = () => {
    if (!isEmpty) note.mutate();
  };
  const ask = () => {
    if (claimId === undefined) return;
    if (isEmpty) area.current?.focus();
    else escalate.mutate(claimId);
  };
  const pass = () => {
    if (claimId === undefined) return;
    if (isEmpty) area.current?.focus();
    else if (to.trim() === '') other.current?.focus();
    else handOver.mutate(claimId);
  };
  useShortcuts('Notes', [
    { keys: 't', label: 'Write a note', run: () => area.current?.focus() },
    ...(claimId === undefined
      ? []
      : [
          { keys: 'x', label: 'Put it before a lead, the note says why', run: ask },
          { keys: 'o', label: 'Hand it over, the note says why', run: pass },
        ]),
  ]);
  // What stands in a note must never confirm the decision that is being drafted beside it.
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') area.current?.blur();
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    event.stopPropagation();
    write();
  };
  const error = note.error ?? escalate.error ?? handOver.error;
  return (
    <div className="write">
      <label>
        <span>
          Note, or why you pass it on <Key>t</Key>
        </span>
        <textarea
          ref={area}
          rows={2}
          dir="auto"
          maxLength={10_000}
          placeholder="@name mentions somebody"
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={onKeyDown}
        />
      </label>
      <div className="form-row">
        <Button className="button" onPress={write} isDisabled={isEmpty || note.isPending}>
          Add note <Key>Ctrl Enter</Key>
        </Button>
        {claimId !== undefined && (
          <>
            <Button className="button quiet" onPress={ask} isDisabled={escalate.isPending}>
              Ask a lead <Key>x</Key>
            </Button>
            <label className="inline">
              to{' '}
              <input
                ref={other}
                value={to}
                size={10}
                aria-label="Operator to hand it to"
                onChange={(event) => setTo(event.target.value)}
              />
            </label>
            <Button className="button quiet" onPress={pass} isDisabled={handOver.isPending}>
              Hand over <Key>o</Key>
            </Button>
          </>
        )}
      </div>
      {error && <ErrorNotice error={error} />}
    </div>
  );
}
