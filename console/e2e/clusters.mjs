import assert from 'node:assert/strict';
import { checkScreen } from './checks.mjs';
import { ask } from './server.mjs';

const RING = ['ring1', 'ring2', 'ring3', 'ring4'];
const DAY_MS = 86_400_000;

/** People share at any time of day; a ring shares the same within a minute, on six days. */
function shares(nowMs) {
  const lines = [];
  const share = (account, object, daysAgo, second) => {
    const time = new Date(nowMs - DAY_MS * daysAgo - 7_200_000 + second * 1_000).toISOString();
    const id = `${account}-${object}-${daysAgo}`;
    lines.push({ id, type: 'share.created', time, account: { id: account }, share: { object_id: object } });
  };
  for (let account = 0; account < 150; account += 1) {
    for (let number = 0; number < 8; number += 1) {
      const second = (account * 7_919 + number * 4_729) % 7_000;
      share(`person${account}`, `page${(account * 31 + number * 17) % 60}`, number, second);
    }
  }
  for (let day = 1; day < 7; day += 1)
    RING.forEach((account, place) => share(account, `offer${day}`, day, place * 9));
  return lines.map((line) => JSON.stringify(line)).join('\n');
}

/** A ring is found without a seed, becomes one case, and its members are decided on together. */
export async function reviewAClusterTogether({ page, demo }) {
  const { now } = await ask(demo.base, demo.admin, 'GET', '/v1/me');
  const answer = await fetch(`${demo.base}/v1/events?wait=returns&timeout_ms=10000`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${demo.platform}` },
    body: shares(Date.parse(now)),
  });
  assert.ok(answer.ok, await answer.text());
  await page.goto(`${demo.base}/clusters`);
  await page.getByLabel('On one object within').selectOption('1m');
  await page.getByText('4 accounts').waitFor();
  await checkScreen(page, 'clusters-found');
  await page.getByRole('button', { name: 'Open a case' }).click();
  await page.getByRole('heading', { name: '4 accounts' }).waitFor();
  await page.keyboard.press('a');
  await page.getByRole('button', { name: 'Decide on 4' }).waitFor();
  await page.getByLabel('Select ring2').uncheck();
  await checkScreen(page, 'cluster-case');
  await page.getByRole('button', { name: 'Decide on 3' }).click();
  await page.getByText('suspended', { exact: true }).nth(2).waitFor();
  const standings = [];
  for (const account of RING) {
    standings.push((await ask(demo.base, demo.admin, 'GET', `/v1/accounts/${account}`)).account.standing);
  }
  assert.deepEqual(standings, ['suspended', 'unjudged', 'suspended', 'suspended']);
}
