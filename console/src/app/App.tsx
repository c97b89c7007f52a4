import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { Refusal } from '../api/client';
import { meQuery } from '../api/queries';
import { ErrorNotice, Loading } from '../ui/states';
import { LogIn } from './LogIn';
import { Shell } from './Shell';
import { codeInAddress, logIn } from './session';

/** The console to whoever is logged in, else the way in. */
export function App() {
  const [code] = useState(codeInAddress);
  const [isRedeeming, setRedeeming] = useState(code !== null);
  const [refusal, setRefusal] = useState<string>();
  useEffect(() => {
    if (code === null) return;
    logIn({ code })
      .catch((error: unknown) => setRefusal(error instanceof Error ? error.message : String(error)))
      .finally(() => setRedeeming(false));
  }, [code]);
  const me = useQuery({ ...meQuery, enabled: !isRedeeming });
  if (isRedeeming || me.isPending) return <Loading what="the console" />;
  if (me.data) return <Shell me={me.data} />;
  if (me.error instanceof Refusal && me.error.code === 'unauthenticated') return <LogIn refusal={refusal} />;
  return (
    <main className="alone">
      <ErrorNotice error={me.error} retry={() => void me.refetch()} />
    </main>
  );
}
