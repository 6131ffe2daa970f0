/** Many gocker processes on one store, and what is left when they are killed. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type Bundle, bundle } from '../support/bundle.ts';
import type { ChildOptions } from './child.ts';
import { makeBlob, makeStore, type TestStore } from './content.ts';

let script: Bundle;
beforeAll(async () => {
  script = await bundle(join(import.meta.dirname, 'child.ts'));
});
afterAll(() => script.remove());

type Child = ChildProcessByStdio<null, Readable, Readable>;

function start(verb: string, options: Partial<ChildOptions>): Child {
  // Without it each child would read the machine's certificates first, which nobody here needs.
  const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
  const json = JSON.stringify({ pause: 0, bytes: 500_000, rounds: 1, name: 'localhost/a:1', ...options });
  const child = spawn(process.execPath, [script.path, verb, json], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

async function finish(child: Child): Promise<string> {
  const [out, error, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  expect({ code, error }).toEqual({ code: 0, error: '' });
  return out;
}

function logOf({ root }: TestStore): { readonly path: string; read(): string[] } {
  const path = join(root, 'fetches');
  return { path, read: () => (existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : []) };
}

async function expectSound({ store }: TestStore): Promise<void> {
  for await (const finding of store.verify()) expect(finding).toMatchObject({ kind: 'ok' });
}

test('16 processes that want one blob at once fetch it once, and each gets all of it', async () => {
  const target = makeStore();
  const log = logOf(target);
  const options = { root: target.root, log: log.path, seeds: [1], bytes: 2_000_000, pause: 2 };
  const printed = await Promise.all(Array.from({ length: 16 }, () => finish(start('ingest', options))));
  expect(new Set(printed)).toEqual(new Set([`ready\n${makeBlob(2_000_000).digest}\n`]));
  expect(log.read()).toEqual(['1@0']);
  expect(target.temporaries()).toEqual([]);
});

test('16 processes that pull one image at once fetch each blob once', async () => {
  const target = makeStore();
  const log = logOf(target);
  const options = { root: target.root, log: log.path, seeds: [1, 2, 3] };
  await Promise.all(Array.from({ length: 16 }, () => finish(start('pull', options))));
  expect(log.read().sort()).toEqual(['1@0', '2@0', '3@0']);
  expect(target.store.list()).toHaveLength(1);
  expect(target.temporaries()).toEqual([]);
  await expectSound(target);
});

test('after 50 kills at random moments the store is sound, and pulls go on where they were', async () => {
  const target = makeStore();
  const log = logOf(target);
  let round = 0;
  for (let kills = 0; kills < 50; ) {
    const seeds = [3 * round, 3 * round + 1, 3 * round + 2].map((seed) => seed % 256);
    const name = `localhost/round:${round}`;
    const child = start('pull', { root: target.root, log: log.path, seeds, pause: 1, name });
    const ended = once(child, 'exit');
    const complaints = text(child.stderr);
    await Promise.race([once(child.stdout, 'data'), ended]);
    await sleep(Math.random() * 120);
    child.kill('SIGKILL');
    const [code] = await ended;
    expect(await complaints).toBe('');
    if (code === 0) round++;
    else kills++;
    appendFileSync(log.path, '---\n');
    await expectSound(target);
    expect(target.store.resolveName(name) !== undefined || code !== 0).toBe(true);
  }
  for (let each = 0; each <= round; each++) {
    const seeds = [3 * each, 3 * each + 1, 3 * each + 2].map((seed) => seed % 256);
    await finish(start('pull', { root: target.root, log: log.path, seeds, name: `localhost/round:${each}` }));
  }
  expect(target.temporaries()).toEqual([]);
  await expectSound(target);
  expect(log.read().some((line) => /@[1-9]/.test(line))).toBe(true);
}, 240_000);

test('garbage collection takes nothing from pulls that run beside it', async () => {
  const target = makeStore();
  const log = logOf(target);
  const common = { root: target.root, log: log.path, seeds: [1, 2, 3, 4, 5, 6], bytes: 100_000 };
  const collectors = [start('collect', common), start('collect', common)];
  const churners = Array.from({ length: 4 }, (_, at) =>
    start('churn', { ...common, rounds: 25, name: `localhost/${at}:1` }),
  );
  await Promise.all(churners.map(finish));
  for (const collector of collectors) {
    expect(collector.exitCode).toBeNull();
    collector.kill('SIGKILL');
    await once(collector, 'exit');
  }
  await expectSound(target);
  await target.store.collectGarbage({ partials: true });
  expect(target.temporaries()).toEqual([]);
  // Some layers were collected and fetched anew: otherwise nothing was tried here.
  expect(log.read().length).toBeGreaterThan(common.seeds.length);
}, 240_000);
