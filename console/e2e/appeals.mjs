import assert from 'node:assert/strict';
import { checkScreen } from './checks.mjs';
import { ask } from './server.mjs';

/** Somebody is suspended by another reviewer, appeals through the platform, and is heard by the keyboard alone. */
export async function overturnAnAppeal({ page, demo }) {
  const { account, decision } = await suspend(demo);
  const told = { text: 'هذا خطأ: it was satire, and it said so.' };
  await ask(demo.base, demo.platform, 'POST', `/v1/decisions/${decision}/appeal`, told);
  await page.goto(`${demo.base}/appeals`);
  await page.getByRole('heading', { name: 'Appeals', exact: true }).waitFor();
  await page.getByText('it was satire').first().waitFor();
  await checkScreen(page, 'appeals');
  await page.keyboard.press('n');
  await page.getByText('What was decided').waitFor();
  await page.getByRole('region', { name: 'Ruling' }).waitFor();
  await checkScreen(page, 'appeal');
  await page.keyboard.press('o');
  await page.locator('.draft textarea').waitFor();
  await page.keyboard.type('The post is marked as satire.');
  await page.keyboard.press('Control+Enter');
  await page.locator('.draft').waitFor({ state: 'detached' });
  const file = await ask(demo.base, demo.admin, 'GET', `/v1/accounts/${account}`);
  const last = file.decisions.find((each) => each.decision_id === decision);
  assert.ok(last.overturn, 'the decision no longer stands');
  assert.notEqual(file.account.standing, 'suspended');
}

async function suspend({ base, admin, reviewer }) {
  const { policies } = await ask(base, admin, 'GET', '/v1/policies');
  const { cases } = await ask(base, admin, 'GET', '/v1/cases?limit=50');
  const open = cases.find((each) => !each.claim && !each.is_protected);
  const claimed = await ask(base, reviewer, 'POST', `/v1/cases/${open.case_id}/claim`);
  const policy = policies.find((each) => !each.is_retired);
  const decided = await ask(base, reviewer, 'POST', `/v1/cases/${open.case_id}/decision`, {
    claim_id: claimed.claim.claim_id,
    kind: 'suspend',
    policy_id: policy.policy_id,
    policy_version: policy.version,
    rationale: 'a violation, seen by one reviewer',
  });
  return { account: open.account_id, decision: decided.decision.decision_id };
}
