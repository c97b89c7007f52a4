import { Suspense, useEffect, useState } from 'react';
import { Button, I18nProvider, RouterProvider } from 'react-aria-components';
import { Link, Redirect, Route, Switch, useLocation } from 'wouter';
import type { Schemas } from '../api/client';
import { CommandPalette } from '../keyboard/CommandPalette';
import { ShortcutSheet } from '../keyboard/ShortcutSheet';
import { useKeyboard, useShortcuts } from '../keyboard/shortcuts';
import { CaseScreen } from '../review/CaseScreen';
import { PendingDecisions } from '../review/PendingDecisions';
import { QueueOverview } from '../review/QueueOverview';
import { Key } from '../ui/parts';
import { Loading } from '../ui/states';
import { AREAS, LAZY_PAGES, areasFor } from './areas';
import { MeContext } from './me';
import { logOut } from './session';
import { nextTheme } from './theme';

/** The frame around every page: areas, keys, palette, what waits to be sent. */
export function Shell({ me }: { me: Schemas['Me'] }) {
  const [, go] = useLocation();
  const [open, setOpen] = useState<'sheet' | 'palette'>();
  const close = () => setOpen(undefined);
  useKeyboard();
  useShortcuts('Everywhere', [
    { keys: 'Mod+k', label: 'Command palette', run: () => setOpen('palette'), whileTyping: true },
    { keys: '?', label: 'This sheet of keys', run: () => setOpen('sheet') },
    ...areasFor(me.may).map(({ path, title }, place) => ({
      keys: `Alt+${place + 1}`,
      label: title,
      run: () => go(path),
    })),
    { keys: 'Alt+t', label: 'Light, dark, or as the system', run: nextTheme },
  ]);
  return (
    <I18nProvider locale="en">
      <RouterProvider navigate={go}>
        <MeContext value={me}>
          <a className="skip" href="#main">
            Skip to the content
          </a>
          <Header me={me} openPalette={() => setOpen('palette')} openSheet={() => setOpen('sheet')} />
          <main id="main" tabIndex={-1}>
            <Pages />
          </main>
          <PendingDecisions />
          <ShortcutSheet isOpen={open === 'sheet'} close={close} />
          <CommandPalette isOpen={open === 'palette'} close={close} />
        </MeContext>
      </RouterProvider>
    </I18nProvider>
  );
}

/** The page's name, for tabs, bookmarks and screen readers. */
function useTitle(): void {
  const [path] = useLocation();
  const area = AREAS.find((each) => path.startsWith(each.path));
  const subject = path.split('/').at(-1);
  useEffect(() => {
    const parts = [area && `/${subject}` === area.path ? undefined : subject, area?.title, 'cordon'];
    document.title = parts.filter((part) => part !== undefined).join(' – ');
  }, [area, subject]);
}

function Pages() {
  useTitle();
  return (
    <Suspense fallback={<Loading what="the page" />}>
      <Switch>
        <Route path="/review" component={QueueOverview} />
        <Route path="/review/:caseId">{({ caseId }) => <CaseScreen key={caseId} caseId={caseId} />}</Route>
        {LAZY_PAGES.map(({ route, page }) => (
          <Route key={route} path={route} component={page} />
        ))}
        <Route>
          <Redirect to="/review" replace />
        </Route>
      </Switch>
    </Suspense>
  );
}

function Header({
  me,
  openPalette,
  openSheet,
}: {
  me: Schemas['Me'];
  openPalette: () => void;
  openSheet: () => void;
}) {
  const [path] = useLocation();
  return (
    <header className="top">
      <strong className="brand">cordon</strong>
      <nav aria-label="Areas">
        {areasFor(me.may).map((area) => (
          <Link
            key={area.path}
            href={area.path}
            aria-current={path.startsWith(area.path) ? 'page' : undefined}
          >
            {area.title}
          </Link>
        ))}
      </nav>
      <div className="end">
        <Button className="button quiet" onPress={openPalette}>
          Commands <Key>Ctrl K</Key>
        </Button>
        <Button className="button quiet" onPress={openSheet} aria-label="Keys">
          <Key>?</Key>
        </Button>
        <span className="who">
          <bdi>{me.display_name}</bdi>, {me.role}
        </span>
        <Button className="button quiet" onPress={() => void logOut()}>
          Log out
        </Button>
      </div>
    </header>
  );
}
