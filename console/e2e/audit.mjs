import { checkScreen } from './checks.mjs';

/** The newest records are listed, one is proved by the browser itself, and a checkpoint that was kept still holds. */
export async function proveTheAudit({ page, demo }) {
  await page.goto(`${demo.base}/audit`);
  const kept = await page.getByLabel('Checkpoint', { exact: true }).textContent();
  await page
    .getByRole('button', { name: /^Check record / })
    .nth(3)
    .click();
  await page.getByText('proved here').waitFor();
  await checkScreen(page, 'audit');
  await page.getByLabel('A checkpoint that you kept').fill(kept);
  await page.getByRole('button', { name: 'Hold it against the audit' }).click();
  await page.getByText(/records are as they were\.$/).waitFor();
  await page.getByLabel('A checkpoint that you kept').fill(kept.replace('\n', '\n1'));
  await page.getByRole('button', { name: 'Hold it against the audit' }).click();
  await page.getByText('not proved').waitFor();
}
