import type { Schemas } from '../api/client';
import { words } from '../ui/format';
import { Ago } from '../ui/parts';
import { Empty } from '../ui/states';
import { markMatches } from './marks';
import { runsOf } from './runs';
import { said } from './said';

/** What the account did, newest first, with what the evidence speaks of marked. */
export function Timeline({ entries, needles }: { entries: Schemas['TimelineEntry'][]; needles: string[] }) {
  if (entries.length === 0) return <Empty>The journal holds nothing that this account did.</Empty>;
  return (
    <ol className="timeline">
      {runsOf(entries).map(
        ([first, ...rest]) => first && <Run key={first.offset} first={first} rest={rest} needles={needles} />,
      )}
    </ol>
  );
}

function Run({
  first,
  rest,
  needles,
}: {
  first: Schemas['TimelineEntry'];
  rest: Schemas['TimelineEntry'][];
  needles: string[];
}) {
  return (
    <li className={first.type.startsWith('report') ? 'report' : undefined}>
      <Entry entry={first} needles={needles} />
      {rest.length > 0 && (
        <details>
          <summary>and {rest.length} more before</summary>
          {rest.map((entry) => (
            <Entry key={entry.offset} entry={entry} needles={needles} />
          ))}
        </details>
      )}
    </li>
  );
}

function Entry({ entry, needles }: { entry: Schemas['TimelineEntry']; needles: string[] }) {
  const { texts, facts } = said(entry.event);
  return (
    <>
      <div className="dim">
        <span>{words(entry.type.replace('.', ' '))}</span> <Ago at={entry.time} />
      </div>
      {texts.map((text) => (
        <p key={text} dir="auto">
          {markMatches(text, needles).map((stretch, place) =>
            stretch.isMatch ? <mark key={place}>{stretch.text}</mark> : stretch.text,
          )}
        </p>
      ))}
      {facts.length > 0 && (
        <p className="dim small">
          {facts.map(([name, value], place) => (
            <span key={place} className="fact">
              {words(name)} <bdi>{value}</bdi>
            </span>
          ))}
        </p>
      )}
    </>
  );
}
