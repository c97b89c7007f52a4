import assert from 'node:assert/strict';
import { checkScreen } from './checks.mjs';
import { ask } from './server.mjs';
import { logInAs } from './session.mjs';

const SEEDS = 8;
const DECIDED_MIN = 300;
const JUDGED_BY_HAND = 3;

/** A graph's accounts are proposed, judged blind by a second person, suspended, and all taken back by a third. */
export async function bulkSuspensionAndBack({ page, demo }) {
  const batchId = await propose(page, demo);
  const path = `/v1/batches/${batchId}`;
  await judge(page, demo, path);

  await logInAs(page, demo.base, demo.lead);
  await page.goto(`${demo.base}/batches/${batchId}`);
  await page.getByRole('button', { name: 'Approve this list' }).click();
  await page.getByRole('button', { name: 'Start' }).click();
  await page.getByText('done', { exact: true }).waitFor();
  await checkScreen(page, 'batch-done');
  const done = await ask(demo.base, demo.admin, 'GET', path);
  assert.ok(done.done >= DECIDED_MIN, `${done.done} decided`);

  const back = page.getByRole('button', { name: 'Take everything back' });
  assert.ok(await back.isDisabled(), 'a take-back names its reason');
  await page.getByLabel('Reason').fill('the evidence was a shared office');
  await back.click();
  await page.getByText('taken back', { exact: true }).waitFor();
  const after = await ask(demo.base, demo.admin, 'GET', path);
  assert.equal(after.taken_back, done.done, 'every decision was taken back');
  await page.goto(`${demo.base}/batches`);
  await page.getByText('taken back').waitFor();
  await checkScreen(page, 'batches');
  await logInAs(page, demo.base, demo.admin);
}

async function propose(page, demo) {
  await page.goto(`${demo.base}/clusters`);
  await page.getByText('acts read').waitFor();
  await checkScreen(page, 'clusters');
  const { cases } = await ask(demo.base, demo.admin, 'GET', `/v1/cases?limit=${SEEDS}`);
  await reportEverybodyLike(cases, demo);
  await page.getByLabel('Accounts to begin with').fill(cases.map((one) => one.account_id).join(' '));
  await page.keyboard.press('Enter');
  await page.locator('.graph canvas').waitFor();
  await page.getByText('settling').waitFor({ state: 'detached', timeout: 60_000 });
  await checkScreen(page, 'graph');
  await lassoEverything(page);
  const selected = Number((await page.getByText(/^\d+ selected$/).textContent()).match(/\d+/)[0]);
  assert.ok(selected >= DECIDED_MIN, `the lasso holds ${selected} accounts`);
  await page.getByRole('button', { name: 'Propose a batch' }).click();
  await page.getByRole('heading', { name: `Propose a batch of ${selected} accounts` }).waitFor();
  await checkScreen(page, 'propose');
  await page.getByRole('button', { name: 'Propose', exact: true }).click();
  await page.waitForURL('**/batches/*');
  await page.getByText('sampling').waitFor();
  return page.url().split('/').at(-1);
}

/** A batch decides on accounts that the record knows: those that somebody reported, say. */
async function reportEverybodyLike(cases, demo) {
  const accounts = new Set();
  for (const { account_id } of cases) {
    const similar = await ask(demo.base, demo.admin, 'GET', `/v1/accounts/${account_id}/similar?top=100`);
    similar.candidates.forEach((candidate) => accounts.add(candidate.account_id));
  }
  for (const account_id of accounts) {
    const report = { account_id, policy: 'spam', text: 'one of them', reporter: { kind: 'anonymous' } };
    await ask(demo.base, demo.platform, 'POST', '/v1/reports', report);
  }
}

async function lassoEverything(page) {
  await page.getByRole('button', { name: 'Lasso' }).click();
  const box = await page.locator('.graph canvas').boundingBox();
  const [left, top, right, bottom] = [box.x + 3, box.y + 3, box.x + box.width - 3, box.y + box.height - 3];
  await page.mouse.move(left, top);
  await page.mouse.down();
  for (const [x, y] of [
    [right, top],
    [right, bottom],
    [left, bottom],
    [left, top + 2],
  ]) {
    await page.mouse.move(x, y, { steps: 4 });
  }
  await page.mouse.up();
}

/** The first ones by key, seeing nothing of the proposal; the rest as a program. */
async function judge(page, demo, path) {
  await logInAs(page, demo.base, demo.reviewer);
  await page.goto(`${demo.base}/batches/${path.split('/').at(-1)}`);
  await page.getByText('hidden from those who judge').waitFor();
  const name = () => page.locator('section[aria-label="Judge the sample"] a.id').first().textContent();
  let last = '';
  for (let number = 0; number < JUDGED_BY_HAND; number += 1) {
    await page.waitForFunction((before) => {
      const link = document.querySelector('section[aria-label="Judge the sample"] a.id');
      return link && link.textContent !== before;
    }, last);
    last = await name();
    if (number === 0) await checkScreen(page, 'blind-sample');
    await page.keyboard.press('s');
  }
  for (;;) {
    const { accounts } = await ask(demo.base, demo.reviewer, 'GET', `${path}/sample?count=100`);
    if (accounts.length === 0) break;
    for (const { account_id } of accounts) {
      const body = { account_id, finding: 'suspend' };
      await ask(demo.base, demo.reviewer, 'POST', `${path}/judgements`, body).catch((error) => {
        // The page's own key press may have come first.
        if (!/judged_already/.test(error.message)) throw error;
      });
    }
  }
  const { status } = await ask(demo.base, demo.reviewer, 'GET', path);
  assert.equal(status, 'passed');
}
