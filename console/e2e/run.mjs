// End to end: the console in a real browser, against a real server on a simulated platform.
import assert from 'node:assert/strict';
import { overturnAnAppeal } from './appeals.mjs';
import { proveTheAudit } from './audit.mjs';
import { keepABank } from './banks.mjs';
import { openBrowser } from './browser.mjs';
import { bulkSuspensionAndBack } from './bulk.mjs';
import { checkScreen } from './checks.mjs';
import { reviewAClusterTogether } from './clusters.mjs';
import { askTheJournal } from './investigate.mjs';
import { keysAndPalette, reviewByKeyboard } from './review.mjs';
import { askALead } from './notes.mjs';
import { publishAndRollBack } from './rules.mjs';
import { everyScreen, lookAtNumbers } from './screens.mjs';
import { startDemo } from './server.mjs';
import { overturnADecision, troubleIsSaid } from './trouble.mjs';

/** Without a session the page asks who one is, and is told to log in; a query with mistakes is refused. */
const EXPECTED = /status of (401|422)/;

async function logIn({ page, demo }) {
  await page.goto(demo.base);
  await page.getByLabel('Password').waitFor();
  await checkScreen(page, 'log-in');
  await page.goto('about:blank');
  await page.goto(demo.loginLink);
  await page.getByRole('heading', { name: 'Review' }).waitFor();
  assert.equal(new URL(page.url()).hash, '', 'the code is gone from the address');
  await page.reload();
  await page.getByRole('heading', { name: 'Review' }).waitFor();
}

const ALL = [
  logIn,
  keysAndPalette,
  reviewByKeyboard,
  askALead,
  overturnADecision,
  overturnAnAppeal,
  bulkSuspensionAndBack,
  reviewAClusterTogether,
  askTheJournal,
  publishAndRollBack,
  keepABank,
  lookAtNumbers,
  proveTheAudit,
  everyScreen,
  troubleIsSaid,
];
/** `npm run e2e -- NAME` runs that test alone, after the log-in. */
const TESTS = process.argv[2] ? ALL.filter((test) => [process.argv[2], 'logIn'].includes(test.name)) : ALL;

const demo = await startDemo();
demo.admin = demo.token('e2e', 'admin');
demo.platform = demo.token('platform', 'platform');
demo.lead = demo.token('lead', 'lead');
demo.reviewer = demo.token('second', 'reviewer');
const browser = await openBrowser();
let failed = 0;
try {
  for (const test of TESTS) {
    const begun = performance.now();
    try {
      await test({ ...browser, demo });
      const complaints = browser.complaints.splice(0).filter((text) => !EXPECTED.test(text));
      assert.deepEqual(complaints, [], 'the page complained');
      console.log(`  ok    ${test.name} (${((performance.now() - begun) / 1_000).toFixed(1)} s)`);
    } catch (error) {
      failed += 1;
      console.error(`  FAIL  ${test.name}: ${error.stack}`);
      await browser.page
        .screenshot({ path: `../target/console-failed-${test.name}.png` })
        .catch(() => undefined);
    }
  }
} finally {
  await browser.close();
  await demo.stop();
}
console.log(`${TESTS.length - failed} of ${TESTS.length} end-to-end tests passed`);
process.exit(failed === 0 ? 0 : 1);
