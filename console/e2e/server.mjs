// `cordon demo` on a small platform: a real server, whose queue is full because its reviewers went away.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const TARGET = process.env.CARGO_TARGET_DIR ?? resolve(import.meta.dirname, '../../target');
export const CORDON =
  process.env.CORDON ?? firstThere(['debug', 'release'].map((kind) => join(TARGET, kind, 'cordon')));
const RANDOM_SEED = 5;

function firstThere(paths) {
  const found = paths.find((path) => existsSync(path));
  if (!found) throw new Error(`no cordon binary at ${paths.join(' or ')}: cargo build`);
  return found;
}

/** Starts the server; resolves once it listens. */
export async function startDemo({ accounts = 3_000, days = 10 } = {}) {
  const root = mkdtempSync(join(tmpdir(), 'cordon-e2e-'));
  const numbers = ['--accounts', accounts, '--days', days, '--random-seeds', RANDOM_SEED].map(String);
  const child = spawn(CORDON, ['--data', root, 'demo', ...numbers], { stdio: ['ignore', 'pipe', 'inherit'] });
  const { base, code } = await listening(child);
  const data = join(root, `served-${RANDOM_SEED}`);
  const token = (operator, role) => {
    const command = [
      '--data',
      data,
      '--json',
      'admin',
      'token',
      'create',
      '--operator',
      operator,
      '--role',
      role,
    ];
    return JSON.parse(execFileSync(CORDON, command, { encoding: 'utf8' })).token;
  };
  const stop = async () => {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
    rmSync(root, { recursive: true, force: true });
  };
  return { base, loginLink: `${base}/#login=${code}`, token, stop };
}

/** Reads what the demo prints until its address and its link are there. */
async function listening(child) {
  let base;
  for await (const line of createInterface({ input: child.stdout })) {
    base ??= line.match(/listens on (\S+)/)?.[1];
    const code = line.match(/#login=(\S+)/)?.[1];
    if (code) return { base, code };
  }
  throw new Error('the demo ended before it listened');
}

/** Asks the server as a program would. */
export async function ask(base, token, method, path, body) {
  const answer = await fetch(base + path, {
    method,
    headers: { Authorization: `Bearer ${token}`, ...(body && { 'Content-Type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return text ? JSON.parse(text) : null;
}
