import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { Button } from 'react-aria-components';
import { type Schemas, answered, api } from '../api/client';
import { queryClient } from '../api/queries';
import { useShortcuts } from '../keyboard/shortcuts';
import { Key } from '../ui/parts';
import { ErrorNotice } from '../ui/states';
import { appealQuery, appealsQuery } from './queries';

type Outcome = Schemas['Outcome'];

const OUTCOMES: readonly { outcome: Outcome; key: string; label: string }[] = [
  { outcome: 'upheld', key: 'u', label: 'Uphold' },
  { outcome: 'overturned', key: 'o', label: 'Overturn' },
];

/** The ruling: a key for the outcome, the reasons, and Ctrl+Enter to confirm. */
export function RulingBar({ appeal }: { appeal: Schemas['Appeal'] }) {
  const [outcome, setOutcome] = useState<Outcome>();
  useShortcuts(
    'Decide the appeal',
    OUTCOMES.map((each) => ({ keys: each.key, label: each.label, run: () => setOutcome(each.outcome) })),
  );
  return (
    <section className="decision" aria-label="Ruling">
      <div className="choices">
        {OUTCOMES.map((each) => (
          <Button
            key={each.outcome}
            className="button"
            aria-pressed={each.outcome === outcome}
            onPress={() => setOutcome(each.outcome)}
          >
            {each.label} <Key>{each.key}</Key>
          </Button>
        ))}
      </div>
      {outcome && <Draft appeal={appeal} outcome={outcome} cancel={() => setOutcome(undefined)} />}
    </section>
  );
}

function Draft({
  appeal,
  outcome,
  cancel,
}: {
  appeal: Schemas['Appeal'];
  outcome: Outcome;
  cancel: () => void;
}) {
  const [reasons, setReasons] = useState('');
  const text = useRef<HTMLTextAreaElement>(null);
  const ruling = useMutation({
    mutationFn: () => {
      const params = { path: { appeal_id: appeal.appeal_id } };
      const body = { outcome, reasons: reasons.trim() };
      return answered(api.POST('/v1/appeals/{appeal_id}/decide', { params, body }));
    },
    onSuccess: async (file) => {
      queryClient.setQueryData(appealQuery(appeal.appeal_id).queryKey, file);
      await queryClient.invalidateQueries({ queryKey: appealsQuery.queryKey });
      await queryClient.invalidateQueries({ queryKey: ['account', appeal.account_id] });
    },
  });
  const isReady = reasons.trim() !== '' && !ruling.isPending;
  const confirm = () => {
    if (isReady) ruling.mutate();
  };
  useShortcuts('Ruling at hand', [
    { keys: 'Mod+Enter', label: 'Confirm the ruling', run: confirm, whileTyping: true },
    { keys: 'Escape', label: 'Decide otherwise', run: cancel, whileTyping: true },
  ]);
  useEffect(() => text.current?.focus(), [outcome]);
  return (
    <div className="draft">
      <label className="grow">
        <span>
          Reasons <span className="dim">for the record; the account is told the outcome alone</span>
        </span>
        <textarea
          ref={text}
          rows={2}
          dir="auto"
          maxLength={10_000}
          value={reasons}
          onChange={(event) => setReasons(event.target.value)}
        />
      </label>
      <div className="confirm">
        <Button className="button primary" onPress={confirm} isDisabled={!isReady}>
          {outcome === 'overturned' ? 'Overturn the decision' : 'Uphold the decision'} <Key>Ctrl Enter</Key>
        </Button>
        <Button className="button quiet" onPress={cancel}>
          Cancel <Key>Esc</Key>
        </Button>
      </div>
      {ruling.error && <ErrorNotice error={ruling.error} />}
    </div>
  );
}
