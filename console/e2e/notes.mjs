import assert from 'node:assert/strict';
import { checkScreen } from './checks.mjs';
import { ask } from './server.mjs';

/** A note that mentions somebody, and a case put before a lead, by the keyboard; the lead finds both. */
export async function askALead({ page, demo }) {
  await page.goto(`${demo.base}/review`);
  await page.getByRole('button', { name: 'Next case' }).waitFor();
  await page.keyboard.press('n');
  await page.locator('.case .decision').waitFor();
  const caseId = new URL(page.url()).pathname.split('/').at(-1);
  await page.keyboard.press('t');
  await page.keyboard.type('@second: do these belong together?');
  await page.keyboard.press('Control+Enter');
  await page.getByText('do these belong together?').waitFor();
  await checkScreen(page, 'case-notes');
  const { notes } = await ask(demo.base, demo.reviewer, 'GET', '/v1/me/mentions');
  assert.deepEqual([notes[0].case_id, notes[0].mentions], [caseId, ['second']]);

  await page.keyboard.type('Reaches very far: a second look, please.');
  await page.keyboard.press('Escape');
  await page.keyboard.press('x');
  await page.getByRole('heading', { name: 'Review' }).waitFor();
  const file = await ask(demo.base, demo.lead, 'GET', `/v1/cases/${caseId}`);
  assert.deepEqual([file.case.queue_id, file.case.claim ?? null], ['escalated', null]);
  assert.equal(file.notes.at(-1).kind, 'escalation');
  const taken = await ask(demo.base, demo.lead, 'POST', '/v1/cases/next/claim?queue=escalated');
  assert.equal(taken.case_id, caseId);
}
