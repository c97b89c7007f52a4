// Prints how long it takes from the key to the next case, and at how many frames a second a large graph moves.
import { openBrowser } from './browser.mjs';
import { ask, startDemo } from './server.mjs';

const CASES = Number(process.argv[2] ?? 20_000);
const ROUNDS = 60;
const ACCOUNTS = 2_000;
const LINKS = 10_000;
const EVENTS_A_REQUEST = 10_000;
const PAN_SECONDS = 5;

const demo = await startDemo();
demo.admin = demo.token('measure', 'admin');
const browser = await openBrowser();
try {
  await browser.page.goto(demo.loginLink);
  await browser.page.getByRole('heading', { name: 'Review' }).waitFor();
  await fillQueue();
  await measureNextCase(browser.page);
  await measureGraph(browser.page);
} finally {
  await browser.close();
  await demo.stop();
}

/** Opens so many cases: reports on accounts that post. */
async function fillQueue() {
  const { now: time } = await ask(demo.base, demo.admin, 'GET', '/v1/me');
  const lines = [];
  for (let number = 0; number < CASES; number += 1) {
    const account = { id: `m${number}` };
    const report = { account_id: account.id, policy: 'spam', text: 'look', reporter: { kind: 'anonymous' } };
    lines.push({ id: `mc${number}`, type: 'account.created', time, account });
    lines.push({
      id: `mp${number}`,
      type: 'post.created',
      time,
      account,
      post: { text: `the ${number}th offer` },
    });
    lines.push({ id: `mr${number}`, type: 'report.created', time, report });
  }
  for (let from = 0; from < lines.length; from += EVENTS_A_REQUEST) {
    const body = lines.slice(from, from + EVENTS_A_REQUEST).map((line) => JSON.stringify(line));
    await send(body.join('\n'));
  }
  for (;;) {
    const { queues } = await ask(demo.base, demo.admin, 'GET', '/v1/queues');
    const open = queues.reduce((sum, queue) => sum + queue.open_count, 0);
    if (open >= CASES) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function send(body) {
  for (;;) {
    const headers = { Authorization: `Bearer ${demo.admin}` };
    const answer = await fetch(`${demo.base}/v1/events`, { method: 'POST', headers, body });
    if (answer.ok) return;
    if (answer.status !== 429) throw new Error(await answer.text());
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** From Enter to the next account's name, its decision bar and its timeline on screen. */
async function measureNextCase(page) {
  await page.goto(`${demo.base}/review`);
  await page.getByRole('button', { name: 'Next case' }).waitFor();
  await page.keyboard.press('n');
  const times = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    await page.locator('.decision').waitFor();
    await page.locator('.timeline').waitFor();
    await page.keyboard.press('c');
    await page.locator('.draft').waitFor();
    await page.evaluate(watchForNextCase);
    await page.keyboard.press('Enter');
    times.push(await page.evaluate(() => window.nextCase));
  }
  times.sort((one, other) => one - other);
  const at = (share) => times[Math.min(times.length - 1, Math.ceil(times.length * share) - 1)].toFixed(0);
  console.log(
    `key to next case at ${CASES} open cases: median ${at(0.5)} ms, p95 ${at(0.95)} ms, most ${at(1)} ms, of ${ROUNDS}`,
  );
}

/** Runs in the page: `window.nextCase` comes to the milliseconds from the key to the frame that shows the next case. */
function watchForNextCase() {
  const name = document.querySelector('.case h1').textContent;
  window.nextCase = new Promise((resolve) => {
    let pressedAt;
    window.addEventListener('keydown', () => (pressedAt ??= performance.now()), {
      capture: true,
      once: true,
    });
    const look = () => {
      const heading = document.querySelector('.case h1');
      const isThere =
        heading &&
        heading.textContent !== name &&
        document.querySelector('.timeline') &&
        !document.querySelector('.draft');
      if (pressedAt !== undefined && isThere) resolve(performance.now() - pressedAt);
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
}

/** A graph of the size that must move smoothly, in the place of the server's answer. */
function largeGraph() {
  const groups = ['device', 'network', 'url', 'content'];
  const candidates = [];
  let links = 0;
  for (let number = 0; number < ACCOUNTS - 1; number += 1) {
    const evidence = [];
    for (let row = 0; row < 5 && links < LINKS; row += 1, links += 1) {
      const entity = `entity-${(number * 7 + row * 131) % 400}`;
      evidence.push({
        group: groups[row % 4],
        entity_type: groups[row % 4],
        entity,
        weight: (number + row) % 11,
        text: entity,
      });
    }
    candidates.push({
      account_id: `g${number}`,
      weight: 10,
      probability: 0.5,
      is_calibrated: false,
      evidence,
    });
  }
  return { account_id: 'seed', scored: ACCOUNTS, candidates };
}

async function measureGraph(page) {
  await page.route('**/v1/accounts/*/similar*', (route) => route.fulfill({ json: largeGraph() }));
  await page.goto(`${demo.base}/clusters?seeds=seed`);
  await page.getByText('settling').waitFor();
  await page.getByText('settling').waitFor({ state: 'detached', timeout: 120_000 });
  const shown = await page.getByText(/accounts, .* links/).textContent();
  const box = await page.locator('.graph canvas').boundingBox();
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.evaluate(() => {
    window.frameTimes = [];
    const tick = (at) => {
      window.frameTimes.push(at);
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  });
  await page.mouse.move(x, y);
  await page.mouse.down();
  const begun = performance.now();
  for (let step = 0; performance.now() - begun < PAN_SECONDS * 1_000; step += 1) {
    await page.mouse.move(
      x + Math.sin(step / 15) * box.width * 0.4,
      y + Math.cos(step / 22) * box.height * 0.4,
    );
  }
  await page.mouse.up();
  const frames = await page.evaluate(() => window.frameTimes);
  const gaps = frames.slice(1).map((at, place) => at - frames[place]);
  gaps.sort((one, other) => one - other);
  const seconds = (frames.at(-1) - frames[0]) / 1_000;
  const slow = gaps[Math.floor(gaps.length * 0.95)];
  console.log(
    `graph of ${shown.trim()}: ${(gaps.length / seconds).toFixed(0)} frames a second while it is moved; 95 of 100 frames within ${slow.toFixed(0)} ms`,
  );
}
