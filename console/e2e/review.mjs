import assert from 'node:assert/strict';
import { ask } from './server.mjs';
import { checkScreen } from './checks.mjs';

const CASES = 10;

/** Ten cases by the keyboard alone, three key presses each; one of them undone and decided otherwise. */
export async function reviewByKeyboard({ page, demo }) {
  const before = await openCount(demo);
  assert.ok(before >= CASES + 2, `only ${before} cases wait`);
  await page.goto(`${demo.base}/review`);
  await page.getByRole('heading', { name: 'Review' }).waitFor();
  await checkScreen(page, 'review-overview');
  await page.keyboard.press('n');
  const names = new Set();
  for (let number = 0; number < CASES; number += 1) {
    const name = await heading(page, names);
    if (number === 0) await checkScreen(page, 'review-case');
    await page.keyboard.press(number % 3 === 0 ? 'c' : 's');
    await page.locator('.draft').waitFor();
    if (number === 0) await checkScreen(page, 'review-decision');
    await page.keyboard.press('Enter');
    names.add(name);
  }
  await heading(page, names);
  await page.keyboard.press('z');
  const undone = [...names].at(-1);
  await page.getByRole('heading', { name: undone, exact: true }).waitFor();
  await page.keyboard.press('w');
  await page.keyboard.press('2');
  await page.keyboard.press('Enter');
  await page.locator('.pending .notice').first().waitFor({ state: 'detached', timeout: 20_000 });
  demo.decided = undone;
  const after = await openCount(demo);
  assert.equal(before - after, CASES, 'every decision was sent, and none twice');
  const file = await ask(demo.base, demo.admin, 'GET', `/v1/accounts/${undone}`);
  assert.deepEqual([file.decisions.at(-1).kind, file.decisions.at(-1).decided_by], ['warn', 'demo']);
}

/** The account of the case on screen, once it is another one than before. */
async function heading(page, seen) {
  await page.waitForFunction(
    (names) => {
      const heading = document.querySelector('.case h1');
      return heading && document.querySelector('.decision') && !names.includes(heading.textContent);
    },
    [...seen],
  );
  return (await page.locator('.case h1').textContent()).trim();
}

async function openCount({ base, admin }) {
  const { queues } = await ask(base, admin, 'GET', '/v1/queues');
  return queues.reduce((sum, queue) => sum + queue.open_count, 0);
}

/** Sheet and palette open by keys, lead somewhere, and close. */
export async function keysAndPalette({ page, demo }) {
  await page.goto(`${demo.base}/review`);
  await page.getByRole('button', { name: 'Next case' }).waitFor();
  await page.keyboard.press('?');
  await page.getByRole('dialog').getByText('Claim the next case').waitFor();
  await checkScreen(page, 'keys');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  const { cases } = await ask(demo.base, demo.admin, 'GET', '/v1/cases?limit=1');
  await page.keyboard.press('Control+k');
  await page.getByRole('searchbox').waitFor();
  await page.keyboard.type(cases[0].account_id);
  await page.getByRole('menuitem').filter({ hasText: 'Open account' }).waitFor();
  await checkScreen(page, 'palette');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.waitForURL(`**/accounts/${cases[0].account_id}`);
  await page.getByText('What the account did').waitFor();
  await checkScreen(page, 'account');
}
