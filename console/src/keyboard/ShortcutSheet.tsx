import { Button, Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { Key } from '../ui/parts';
import { useShortcutGroups } from './shortcuts';

/** Every key that counts on the page at hand. */
export function ShortcutSheet({ isOpen, close }: { isOpen: boolean; close: () => void }) {
  const groups = useShortcutGroups();
  return (
    <ModalOverlay className="overlay" isOpen={isOpen} onOpenChange={close} isDismissable>
      <Modal className="modal">
        <Dialog>
          <Heading slot="title">Keys</Heading>
          {groups.map(({ title, shortcuts }) => (
            <section key={title}>
              <h3>{title}</h3>
              <ul className="keys">
                {shortcuts.map(({ keys, label }) => (
                  <li key={keys}>
                    <span>{label}</span>
                    <Key>{keys.replace('Mod', 'Ctrl')}</Key>
                  </li>
                ))}
              </ul>
            </section>
          ))}
          <Button className="button" slot="close">
            Close
          </Button>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
