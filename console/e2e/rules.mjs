import assert from 'node:assert/strict';
import { checkScreen } from './checks.mjs';
import { ask } from './server.mjs';

/** A mistake is shown while it is typed; mended, the set goes to shadow, then live, and the one before comes back. */
export async function publishAndRollBack({ page, demo }) {
  const { base, admin } = demo;
  await page.goto(`${base}/rules`);
  await page.getByText('sound, 1 rules').waitFor();
  await checkScreen(page, 'rules-first');
  const editor = page.getByLabel('main.sml', { exact: true });
  const sound = await editor.inputValue();
  await editor.fill(`${sound}\nBroken = Rule(when_all=[Nowhere == 1], description='broken')\n`);
  await page.getByText('main.sml:8').first().waitFor();
  assert.ok(
    await page.getByRole('button', { name: 'Publish live' }).isDisabled(),
    'what is unsound stays here',
  );
  await checkScreen(page, 'rules-mistake');
  await editor.fill(sound);
  await page.getByRole('button', { name: 'Publish in shadow' }).click();
  await page.getByText('Version 1').first().waitFor();

  const post = {
    id: 'e2e-1',
    type: 'post.created',
    time: await now(demo),
    account: { id: 'gull' },
    post: { text: 'hello' },
  };
  await ask(base, demo.platform, 'POST', '/v1/events', post);
  await page.getByRole('row', { name: /PostsAgain – 1/ }).waitFor();
  await page.getByRole('button', { name: 'Put live' }).click();
  await page.getByText('live', { exact: true }).waitFor();

  await page.getByLabel('main.sml', { exact: true }).fill(sound.replaceAll('PostsAgain', 'PostsOften'));
  await page.getByRole('button', { name: 'Publish live' }).click();
  await page.getByRole('alertdialog').waitFor();
  await checkScreen(page, 'rules-confirm');
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  await page.getByText('Version 2').first().waitFor();
  await page.getByRole('button', { name: 'Roll back to it' }).click();
  await page.getByText('was live').first().waitFor();
  await checkScreen(page, 'rules');
  const { rule_sets } = await ask(base, admin, 'GET', '/v1/rules');
  const live = rule_sets.find((set) => set.mode === 'live' && set.is_in_force);
  const { files } = await ask(base, admin, 'GET', `/v1/rules/${live.version}`);
  assert.match(files['main.sml'], /PostsAgain/, 'the rules of before are live again');
}

async function now({ base, admin }) {
  return (await ask(base, admin, 'GET', '/v1/me')).now;
}
