import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { age, instant, words } from './format';

/** A section with a heading. */
export function Panel({
  title,
  aside,
  className,
  children,
}: {
  title: string;
  aside?: ReactNode;
  className?: string;
  children: ReactNode;
}) {
  return (
    <section className={`panel ${className ?? ''}`} aria-label={title}>
      <header>
        <h2>{title}</h2>
        {aside}
      </header>
      {children}
    </section>
  );
}

export function Badge({ tone = 'plain', children }: { tone?: Tone; children: ReactNode }) {
  return <span className={`badge ${tone}`}>{children}</span>;
}

export type Tone = 'plain' | 'good' | 'bad' | 'warn' | 'info';

const STANDING_TONES: Record<string, Tone> = { cleared: 'good', violating: 'warn', suspended: 'bad' };

export function Standing({ standing }: { standing: string }) {
  return <Badge tone={STANDING_TONES[standing] ?? 'plain'}>{words(standing)}</Badge>;
}

export function AccountLink({ accountId }: { accountId: string }) {
  return (
    <Link className="id" href={`/accounts/${encodeURIComponent(accountId)}`}>
      <bdi>{accountId}</bdi>
    </Link>
  );
}

/** How long ago, with the instant on hovering. */
export function Ago({ at }: { at: string }) {
  return (
    <time dateTime={at} title={instant(at)}>
      {age(at)}
    </time>
  );
}

/** A key as printed on the keyboard. */
export function Key({ children }: { children: ReactNode }) {
  return <kbd>{children}</kbd>;
}

export function Facts({ rows }: { rows: [string, ReactNode][] }) {
  return (
    <dl className="facts">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
