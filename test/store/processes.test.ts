/** Many gocker processes on one store, and what is left when they are killed. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync } from 'node:fs';
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

test('after 50 kills at random moments the store is sound, and each pull fetches just what is missing', async () => {
  const target = makeStore();
  const log = logOf(target);
  let resumed = 0;
  for (let kills = 0, round = 0; kills < 50; ) {
    const seeds = [1, 2, 3].map((at) => (3 * round + at) % 256);
    const missing = missingOf(target, seeds);
    const name = `localhost/round:${round}`;
    const before = log.read().length;
    const killed = await killAtRandom(start('pull', { root: target.root, log: log.path, seeds, pause: 1, name }));
    // What it did fetch, it fetched from where the one before it was killed.
    const fetched = log.read().slice(before);
    expect(fetched.filter((line) => !missing.includes(line))).toEqual([]);
    resumed += fetched.filter((line) => !line.endsWith('@0')).length;
    if (killed) kills++;
    else {
      expect(target.store.resolveName(name)).toBeDefined();
      expect(target.temporaries()).toEqual([]);
      round++;
    }
    await expectSound(target);
  }
  expect(resumed).toBeGreaterThan(0);
}, 240_000);

/** The fetches that a pull of these blobs has to make, as they stand in the log. */
function missingOf({ store, root }: TestStore, seeds: readonly number[]): string[] {
  return seeds.flatMap((seed) => {
    const { digest } = makeBlob(500_000, seed);
    const partial = join(root, 'images', 'ingest', digest.replace(':', '-'));
    const kept = statSync(partial, { throwIfNoEntry: false })?.size ?? 0;
    return store.stat(digest) === undefined && kept < 500_000 ? [`${seed}@${kept}`] : [];
  });
}

/** @returns false where it was done before its time came */
async function killAtRandom(child: Child): Promise<boolean> {
  const ended = once(child, 'exit');
  const complaints = text(child.stderr);
  await Promise.race([once(child.stdout, 'data'), ended]);
  await Promise.race([sleep(Math.random() * 150), ended]);
  child.kill('SIGKILL');
  const [code] = await ended;
  expect(await complaints).toBe('');
  return code !== 0;
}

test('garbage collection takes nothing from pulls that run beside it', async () => {
  const target = makeStore();
  const log = logOf(target);
  const common = { root: target.root, log: log.path, seeds: [1, 2, 3, 4, 5, 6, 7, 8], bytes: 50_000 };
  const collectors = [start('collect', common), start('collect', common)];
  const churners = Array.from({ length: 4 }, (_, at) =>
    start('churn', { ...common, rounds: 25, name: `localhost/${at}:1` }),
  );
  await Promise.all(churners.map(finish));
  for (const collector of collectors) {
    const ended = once(collector, 'exit');
    collector.kill('SIGKILL');
    expect(await text(collector.stderr)).toBe('');
    if (collector.exitCode === null) await ended;
    expect(collector.signalCode).toBe('SIGKILL');
  }
  await expectSound(target);
  await target.store.collectGarbage({ partials: true });
  expect(target.temporaries()).toEqual([]);
  // Some layers were collected and fetched anew: otherwise nothing was tried here.
  expect(log.read().length).toBeGreaterThan(common.seeds.length);
}, 240_000);
