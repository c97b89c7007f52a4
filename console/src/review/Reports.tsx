import type { Schemas } from '../api/client';
import { words } from '../ui/format';
import { Ago, Badge, Panel } from '../ui/parts';
import { Empty } from '../ui/states';
import { mergeReports } from './cases';

const TEXTS_SHOWN = 4;

/** Reports merged by reason: what was said, once each. */
export function Reports({ reports }: { reports: Schemas['Report'][] }) {
  return (
    <Panel title="Reports" aside={<span className="dim">{reports.length}</span>}>
      {reports.length === 0 && <Empty>Nobody reported this account.</Empty>}
      <ul className="list">
        {mergeReports(reports).map(({ reason, reports: all, texts }) => (
          <li key={reason}>
            <div>
              <strong>{words(reason)}</strong> <Badge>{all.length}</Badge>{' '}
              <span className="dim">
                {[...new Set(all.map((report) => report.source))].map(words).join(', ')}
                {all.at(-1) && (
                  <>
                    , last <Ago at={all.at(-1)?.received_at ?? ''} />
                  </>
                )}
              </span>
            </div>
            {texts.slice(0, TEXTS_SHOWN).map((text) => (
              <blockquote key={text} dir="auto">
                {text}
              </blockquote>
            ))}
            {texts.length > TEXTS_SHOWN && <p className="dim">and {texts.length - TEXTS_SHOWN} more texts</p>}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
