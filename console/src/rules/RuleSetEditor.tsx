import { type RefObject, useEffect, useRef, useState } from 'react';
import { Button, Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { type Schemas, Refusal, answered, api } from '../api/client';
import { useMay } from '../app/me';
import { count } from '../ui/format';
import { Panel } from '../ui/parts';
import { ErrorNotice } from '../ui/states';
import { Diagnostics } from './Diagnostics';
import { positionOf } from './compare';
import { reloadRules } from './queries';

type Files = Record<string, string>;
type Mode = Schemas['NewRuleSet']['mode'];

const CHECK_AFTER_MS = 300;

/** The files of a rule set, checked as one types, and published as a new version. */
export function RuleSetEditor({ files: given, title }: { files: Files; title: string }) {
  const [files, setFiles] = useState(given);
  const paths = Object.keys(files).sort();
  const [path, setPath] = useState(paths.includes('main.sml') ? 'main.sml' : (paths[0] ?? 'main.sml'));
  const text = useRef<HTMLTextAreaElement>(null);
  const { check, error } = useCheck(files);
  const goTo = (diagnostic: Schemas['Diagnostic']) => {
    setPath(diagnostic.path);
    // After the other file is shown.
    setTimeout(() => select(text, files[diagnostic.path] ?? '', diagnostic), 0);
  };
  return (
    <Panel title={title} aside={<Soundness check={check} />}>
      <div className="editor">
        <ul className="list files" aria-label="Files">
          {paths.map((each) => (
            <li key={each}>
              <Button className="button quiet" aria-pressed={each === path} onPress={() => setPath(each)}>
                {each}
                {check?.diagnostics.some((one) => one.path === each && one.severity === 'error') && ' ●'}
              </Button>
            </li>
          ))}
          <li>
            <NewFile
              add={(name) => {
                setFiles({ ...files, [name]: '' });
                setPath(name);
              }}
            />
          </li>
        </ul>
        <textarea
          ref={text}
          className="code"
          aria-label={path}
          rows={18}
          spellCheck={false}
          value={files[path] ?? ''}
          onChange={(event) => setFiles({ ...files, [path]: event.target.value })}
        />
      </div>
      {error && <ErrorNotice error={error} />}
      <Diagnostics diagnostics={check?.diagnostics ?? []} goTo={goTo} />
      <Publish files={files} isSound={check?.is_sound ?? false} isChanged={files !== given} />
    </Panel>
  );
}

function select(
  text: RefObject<HTMLTextAreaElement | null>,
  content: string,
  { line, column, column_end }: Schemas['Diagnostic'],
): void {
  text.current?.focus();
  text.current?.setSelectionRange(positionOf(content, line, column), positionOf(content, line, column_end));
}

function Soundness({ check }: { check: Schemas['RulesCheck'] | undefined }) {
  if (!check) return <span className="dim">checking …</span>;
  const errors = check.diagnostics.filter((one) => one.severity === 'error').length;
  return (
    <span className="dim" role="status">
      {check.is_sound
        ? `sound, ${count(check.size?.rules ?? 0)} rules`
        : errors === 1
          ? 'one mistake'
          : `${count(errors)} mistakes`}
    </span>
  );
}

function NewFile({ add }: { add: (name: string) => void }) {
  const [name, setName] = useState('');
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim()) add(name.trim());
        setName('');
      }}
    >
      <input
        aria-label="New file"
        placeholder="new file …"
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
    </form>
  );
}

/** What the server says of the files, a moment after the last change. */
function useCheck(files: Files): { check: Schemas['RulesCheck'] | undefined; error: Error | undefined } {
  const [check, setCheck] = useState<Schemas['RulesCheck']>();
  const [error, setError] = useState<Error>();
  useEffect(() => {
    const ending = new AbortController();
    const timer = setTimeout(() => {
      answered(api.POST('/v1/rules/check', { body: { files }, signal: ending.signal }))
        .then((found) => {
          setCheck(found);
          setError(undefined);
        })
        .catch((failure: unknown) => {
          if (!ending.signal.aborted && failure instanceof Refusal) setError(failure);
        });
    }, CHECK_AFTER_MS);
    return () => {
      clearTimeout(timer);
      ending.abort();
    };
  }, [files]);
  return { check, error };
}

function Publish({ files, isSound, isChanged }: { files: Files; isSound: boolean; isChanged: boolean }) {
  const mayPublish = useMay('publish');
  const [mode, setMode] = useState<Mode>();
  const [error, setError] = useState<Error>();
  const [published, setPublished] = useState<Schemas['PublishedRuleSet']>();
  const publish = (chosen: Mode) => {
    setMode(undefined);
    setError(undefined);
    answered(api.POST('/v1/rules', { body: { mode: chosen, files } }))
      .then((done) => {
        setPublished(done);
        return reloadRules();
      })
      .catch((failure: unknown) => setError(failure instanceof Error ? failure : new Error(String(failure))));
  };
  if (!mayPublish) return <p className="dim">Publishing is for leads and administrators.</p>;
  return (
    <div className="stack">
      <div className="form-row">
        {(['draft', 'shadow', 'live'] as const).map((each) => (
          <Button
            key={each}
            className={each === 'live' ? 'button primary' : 'button'}
            isDisabled={!isSound}
            onPress={() => (each === 'live' ? setMode(each) : publish(each))}
          >
            {each === 'draft' ? 'Keep as a draft' : `Publish ${each === 'live' ? 'live' : 'in shadow'}`}
          </Button>
        ))}
        {isChanged && <span className="dim">changed, not published yet</span>}
      </div>
      {error && <ErrorNotice error={error} />}
      {published && (
        <div className="notice good" role="status">
          Version {published.version} is{' '}
          {published.mode === 'draft' ? 'kept as a draft' : `in ${published.mode}`}.
        </div>
      )}
      <ConfirmLive
        isOpen={mode === 'live'}
        close={() => setMode(undefined)}
        confirm={() => publish('live')}
      />
    </div>
  );
}

function ConfirmLive({
  isOpen,
  close,
  confirm,
}: {
  isOpen: boolean;
  close: () => void;
  confirm: () => void;
}) {
  return (
    <ModalOverlay className="overlay" isOpen={isOpen} onOpenChange={close} isDismissable>
      <Modal className="modal">
        <Dialog role="alertdialog">
          <Heading slot="title">Publish live?</Heading>
          <p>
            From the next event on these rules set labels and open cases. The set that is live now is kept,
            and one step brings it back.
          </p>
          <div className="form-row">
            <Button className="button primary" onPress={confirm}>
              Publish
            </Button>
            <Button className="button quiet" onPress={close}>
              Cancel
            </Button>
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
