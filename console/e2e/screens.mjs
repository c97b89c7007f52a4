import { checkScreen } from './checks.mjs';
import { ask } from './server.mjs';

/** Wide and dark; and a window of 1280 by 800 at twice the size, which leaves the page half of each. */
const VIEWS = [
  { name: 'dark-1920', width: 1920, height: 1080, colorScheme: 'dark' },
  { name: 'zoom-200', width: 640, height: 400, colorScheme: 'light' },
];

/** Every area in both themes, wide and enlarged. */
export async function everyScreen({ page, demo }) {
  const { cases } = await ask(demo.base, demo.admin, 'GET', '/v1/cases?limit=1');
  const { batches } = await ask(demo.base, demo.admin, 'GET', '/v1/batches');
  const paths = {
    review: '/review',
    case: `/review/${cases[0].case_id}`,
    account: `/accounts/${cases[0].account_id}`,
    clusters: '/clusters',
    graph: `/clusters?seeds=${cases[0].account_id}`,
    batches: '/batches',
    investigate: '/investigate',
    rules: '/rules',
    banks: '/banks',
    appeals: '/appeals',
    numbers: '/numbers',
    audit: '/audit',
    ...(batches[0] && { batch: `/batches/${batches[0].batch_id}` }),
  };
  for (const { name, width, height, colorScheme } of VIEWS) {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme });
    for (const [screen, path] of Object.entries(paths)) {
      await page.goto(demo.base + path);
      await page.locator('h1').waitFor();
      await page.waitForLoadState('networkidle');
      await checkScreen(page, `${screen}-${name}`);
    }
  }
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.emulateMedia({ colorScheme: 'light' });
}

/** The figures of the record and of the server. */
export async function lookAtNumbers({ page, demo }) {
  await page.goto(`${demo.base}/numbers`);
  await page.getByRole('img', { name: /^Cases opened and closed on/ }).waitFor();
  await page.getByRole('row', { name: /^returns / }).waitFor();
  await page.locator('.reliability').waitFor();
  await page.getByText('Entries taken in').waitFor();
  await checkScreen(page, 'numbers');
}
