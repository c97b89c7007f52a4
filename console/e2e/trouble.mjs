import { checkScreen } from './checks.mjs';

/** A server that is gone is said to be, and asked again; a session that ended leads to the log-in. */
export async function troubleIsSaid({ page, context, complaints, demo }) {
  await page.goto(`${demo.base}/review`);
  await page.getByRole('button', { name: 'Next case' }).waitFor();
  await page.route('**/v1/banks', (route) => route.abort());
  await page.getByRole('link', { name: 'Banks' }).click();
  await page.getByRole('alert').filter({ hasText: 'The server does not answer' }).waitFor();
  await checkScreen(page, 'error');
  await page.unroute('**/v1/banks');
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('heading', { name: 'All banks' }).waitFor();
  // The browser itself tells of what was cut.
  complaints.splice(0);

  await context.clearCookies();
  await page.getByRole('link', { name: 'Numbers' }).click();
  await page.getByText('Use a token').click();
  await page.getByLabel('Token').fill(demo.admin);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Numbers' }).waitFor();
}

/** A lead overturns a decision from the account's page. */
export async function overturnADecision({ page, demo }) {
  const account = demo.decided;
  await page.goto(`${demo.base}/accounts/${account}`);
  await page.getByText('Overturn it').first().click();
  await page.getByLabel('Why it does not stand').first().fill('it was satire');
  await page.getByRole('button', { name: 'Overturn', exact: true }).first().click();
  await page.getByText('overturned', { exact: true }).first().waitFor();
  await page.getByText('cleared', { exact: true }).waitFor();
  await checkScreen(page, 'overturned');
}
