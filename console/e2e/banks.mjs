import assert from 'node:assert/strict';
import { checkScreen } from './checks.mjs';
import { ask } from './server.mjs';

/** A bank is made and filled in shadow; an entry is put aside and in force again. */
export async function keepABank({ page, demo }) {
  await page.goto(`${demo.base}/banks`);
  await page.getByText('None yet.').waitFor();
  await page.getByText('A new bank').click();
  await page.getByLabel('Short name').fill('scam-sites');
  await page.getByRole('button', { name: 'Make the bank' }).click();
  await page.getByRole('heading', { name: 'Entries of scam-sites' }).waitFor();
  await page.getByLabel('Add, one a line').fill('bad.example\nworse.example');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByText('2 added').waitFor();
  const row = page.getByRole('row', { name: /^bad\.example/ });
  await row.getByRole('button', { name: 'Put aside' }).click();
  await row.getByText('put aside').waitFor();
  await row.getByRole('button', { name: 'Put in force' }).click();
  await row.getByText('shadow', { exact: true }).waitFor();
  await page.getByLabel('Look up').fill('https://worse.example/now');
  await page.getByRole('button', { name: 'Look up' }).click();
  await page.getByRole('status').filter({ hasText: 'scam-sites' }).waitFor();
  await checkScreen(page, 'banks');
  const { entries } = await ask(demo.base, demo.admin, 'GET', '/v1/banks/scam-sites/entries');
  assert.deepEqual(
    entries.map((entry) => [entry.roll_out, entry.is_in_force]),
    [
      ['shadow', true],
      ['shadow', true],
    ],
  );
}
