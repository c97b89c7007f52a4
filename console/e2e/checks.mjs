// What every main screen must pass, and where its picture goes.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
export const SCREENSHOTS = resolve(import.meta.dirname, '../../target/console-screenshots');

/** WCAG 2.2 AA by axe; nothing wider than the window; and a picture to look at. */
export async function checkScreen(page, name) {
  await page.locator('.spinner').waitFor({ state: 'detached' });
  // By the debugger's way, as the page's own policy admits no other script.
  await page.evaluate(AXE);
  const found = await page.evaluate(async () => {
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
    const { violations } = await window.axe.run(document, { runOnly: tags });
    return violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`,
    );
  });
  await takePicture(page, name);
  assert.deepEqual(found, [], `${name}: accessibility`);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert.ok(overflow <= 0, `${name}: ${overflow} pixels wider than the window`);
}

export async function takePicture(page, name) {
  mkdirSync(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
}
