import { useContext, useState } from 'react';
import {
  Autocomplete,
  Dialog,
  Input,
  Menu,
  MenuItem,
  Modal,
  ModalOverlay,
  SearchField,
  useFilter,
} from 'react-aria-components';
import { useLocation } from 'wouter';
import { areasFor } from '../app/areas';
import { MeContext } from '../app/me';
import { Key } from '../ui/parts';
import { useShortcutGroups } from './shortcuts';

interface Command {
  id: string;
  label: string;
  keys?: string;
  run: () => void;
}

/** Finds a page, an account, or anything that a key does here. */
export function CommandPalette({ isOpen, close }: { isOpen: boolean; close: () => void }) {
  const [typed, setTyped] = useState('');
  const commands = useCommands(typed.trim());
  const { contains } = useFilter({ sensitivity: 'base' });
  const run = (id: unknown) => {
    setTyped('');
    close();
    commands.find((command) => command.id === id)?.run();
  };
  return (
    <ModalOverlay className="overlay top" isOpen={isOpen} onOpenChange={close} isDismissable>
      <Modal className="modal palette">
        <Dialog aria-label="Command palette">
          <Autocomplete
            inputValue={typed}
            onInputChange={setTyped}
            filter={(text, input) => contains(text, input) || text.startsWith('Open account')}
          >
            {/* A palette is for typing: nothing else in it could have the focus. */}
            {/* eslint-disable-next-line jsx-a11y/no-autofocus */}
            <SearchField aria-label="What to do" autoFocus>
              <Input placeholder="A page, an account’s id, a command …" />
            </SearchField>
            <Menu aria-label="Commands" items={commands} onAction={run} className="commands">
              {(command) => (
                <MenuItem id={command.id} textValue={command.label}>
                  <span>{command.label}</span>
                  {command.keys && <Key>{command.keys.replace('Mod', 'Ctrl')}</Key>}
                </MenuItem>
              )}
            </Menu>
          </Autocomplete>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function useCommands(typed: string): Command[] {
  const [, go] = useLocation();
  const groups = useShortcutGroups();
  const may = useContext(MeContext)?.may ?? [];
  const pages = areasFor(may).map(({ path, title }) => ({
    id: path,
    label: `Go to ${title}`,
    run: () => go(path),
  }));
  const keys = groups.flatMap(({ title, shortcuts }) =>
    shortcuts
      .filter((shortcut) => shortcut.keys !== 'Mod+k')
      .map((shortcut) => ({ ...shortcut, id: `${title} ${shortcut.keys}` })),
  );
  const account = {
    id: 'account',
    label: `Open account ${typed}`,
    run: () => go(`/accounts/${encodeURIComponent(typed)}`),
  };
  return [...keys, ...pages, ...(typed ? [account] : [])];
}
