import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { checkScreen } from './checks.mjs';

/** The journal is asked by day and by value, mistakes are shown, and the answer is kept as a file. */
export async function askTheJournal({ page, demo }) {
  await page.goto(`${demo.base}/investigate`);
  const expression = page.getByLabel('Which events');
  await expression.fill('Nothing ==');
  await page.keyboard.press('Control+Enter');
  await page.getByRole('list', { name: 'Mistakes' }).waitFor();
  await checkScreen(page, 'investigate-mistake');
  await expression.fill("EventType == 'post.created'");
  await page.keyboard.press('Control+Enter');
  await page.locator('.chart canvas').waitFor();
  await checkScreen(page, 'investigate-days');
  await page.getByLabel('Show').selectOption('value');
  await page.getByRole('button', { name: 'Run' }).click();
  await page.getByText('Value', { exact: true }).waitFor();
  await checkScreen(page, 'investigate-values');
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Keep as CSV' }).click();
  const kept = readFileSync(await (await downloading).path(), 'utf8');
  assert.match(kept, /^UserId,events\r\n/);
  assert.ok(kept.split('\r\n').length > 100, 'as many rows as there are values');
}
