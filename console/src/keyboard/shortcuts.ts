import { useEffect, useRef, useSyncExternalStore } from 'react';

/** A key, or keys held together, and what it does: `n`, `Enter`, `Mod+k`, `?`. */
export interface Shortcut {
  keys: string;
  label: string;
  run: () => void;
  /** Whether it counts while somebody types into a field. */
  whileTyping?: boolean;
}

interface Group {
  title: string;
  shortcuts: Shortcut[];
}

const groups = new Map<symbol, Group>();
const listeners = new Set<() => void>();
let shown: Group[] = [];

function changed(): void {
  shown = [...groups.values()].map(({ title, shortcuts }) => ({ title, shortcuts }));
  listeners.forEach((listener) => listener());
}

/** Lets shortcuts count while the component is on screen; the last ones mounted win. */
export function useShortcuts(title: string, shortcuts: Shortcut[]): void {
  const latest = useRef(shortcuts);
  useEffect(() => {
    latest.current = shortcuts;
  });
  const names = shortcuts.map(({ keys, label }) => `${keys} ${label}`).join('\n');
  useEffect(() => {
    const id = Symbol(title);
    const live = names.split('\n').map((_, place) => place);
    groups.set(id, {
      title,
      shortcuts: live.flatMap((place) => {
        const shortcut = latest.current[place];
        return shortcut ? [{ ...shortcut, run: () => latest.current[place]?.run() }] : [];
      }),
    });
    changed();
    return () => {
      groups.delete(id);
      changed();
    };
  }, [title, names]);
}

/** Everything that counts now, for the sheet and the palette. */
export function useShortcutGroups(): Group[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => shown,
  );
}

/** The name under which a shortcut waits for a key press. */
export function keysOf(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>): string {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return (event.ctrlKey || event.metaKey ? 'Mod+' : '') + (event.altKey ? 'Alt+' : '') + key;
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable]') !== null
  );
}

/** Whether the press belongs to what has the focus: Enter and the space bar press buttons, follow links. */
function isForFocused(keys: string, target: EventTarget | null): boolean {
  const presses = keys === 'Enter' || keys === ' ';
  return (
    presses && target instanceof HTMLElement && target.closest('button, a, [role="row"], summary') !== null
  );
}

function pressed(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.repeat || document.querySelector('[role$="dialog"]')) return;
  const keys = keysOf(event);
  if (isForFocused(keys, event.target)) return;
  const candidates = [...groups.values()].reverse().flatMap((group) => group.shortcuts);
  const typing = isTyping(event.target);
  const found = candidates.find(
    (shortcut) => shortcut.keys === keys && (!typing || shortcut.whileTyping === true),
  );
  if (!found) return;
  event.preventDefault();
  found.run();
}

/** Listens for the whole page. */
export function useKeyboard(): void {
  useEffect(() => {
    window.addEventListener('keydown', pressed);
    return () => window.removeEventListener('keydown', pressed);
  }, []);
}
