/** Pulls that are cut off, doubled or lied to: nothing is lost, nothing is left, nothing is fetched twice. */
import { randomBytes } from 'node:crypto';
import { chmodSync, closeSync, openSync, readdirSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Digest } from '../../src/oci/index.ts';
import { type BuiltImage, type BuiltLayer, buildImage, buildLayer } from '../support/images/index.ts';
import { startRegistry, type TestRegistry } from '../support/registry/index.ts';
import { Host, isRoot } from './host.ts';

const megabyte = 1024 * 1024;

/** Bytes of the blob that the registry was asked for, over all requests. */
function bytesAskedFor(registry: TestRegistry, layer: BuiltLayer): number {
  const gets = registry.requests.filter(({ method, digest }) => method === 'GET' && digest === layer.descriptor.digest);
  return gets.reduce(
    (sum, { range }) => sum + layer.blob.length - Number(/^bytes=(\d+)-/.exec(range ?? '')?.[1] ?? 0),
    0,
  );
}

function countGets(registry: TestRegistry, digest: Digest): number {
  return registry.requests.filter((request) => request.method === 'GET' && request.digest === digest).length;
}

describe.skipIf(!isRoot)('a pull (root)', () => {
  let registry: TestRegistry;
  let image: BuiltImage;
  let layers: BuiltLayer[];
  let host: Host;

  beforeAll(async () => {
    // Random content neither compresses nor repeats: what is fetched can be counted.
    layers = await Promise.all(
      ['a', 'b', 'c'].map((name) =>
        buildLayer([
          { name: `${name}/`, type: 'directory' },
          ...Array.from({ length: 12 }, (_, at) => ({ name: `${name}/${at}`, content: randomBytes(megabyte / 4) })),
        ]),
      ),
    );
    image = buildImage({ layers });
  });

  beforeEach(async () => {
    registry = await startRegistry();
    registry.addImage('library/big', 'latest', image);
    host = new Host(registry.host);
  });

  afterEach(async () => {
    const left = await host.remains();
    host.close();
    await registry.close();
    expect(left).toEqual([]);
  });

  afterAll(() => {
    layers = [];
  });

  test('killed at 50 random moments leaves a sound store, and completes by fetching only what is missing', async () => {
    registry.fault({ on: 'blob', drip: { bytes: megabyte / 16, everyMs: 2 } });
    for (let kill = 0; kill < 50; kill++) {
      const started = host.start(['pull', '-q', 'big']);
      const ended = await Promise.race([started.finished, sleep(60 + Math.random() * 300)]);
      if (ended !== undefined && ended.exitCode === 0) await host.ok(['rmi', 'big']);
      started.child.kill('SIGKILL');
      await started.finished;
      if (kill % 10 === 9) expect(await host.ok(['verify'])).toContain('sound');
    }
    const before = registry.requests.length;
    const ingest = join(host.images, 'ingest');
    const kept = readdirSync(ingest).filter((name) => statSync(join(ingest, name)).size > 0);
    await host.ok(['pull', '-q', 'big']);
    const gets = registry.requests.slice(before).filter(({ target, method }) => target === 'blob' && method === 'GET');
    // What was kept of a blob is not asked for again.
    for (const name of kept.filter((name) => name.startsWith('sha256-'))) {
      const digest = name.replace('-', ':');
      for (const get of gets) if (get.digest === digest) expect(get.range).toMatch(/^bytes=\d+-/);
    }
    expect(host.leftovers()).toEqual([]);
    expect(await host.ok(['verify'])).toContain('sound');
  });

  test('a connection that breaks again and again costs no byte twice', async () => {
    for (const { descriptor } of layers) {
      registry.fault({ on: 'blob', digest: descriptor.digest, resetAfter: megabyte, times: 2 });
    }
    await host.ok(['pull', '-q', 'big']);
    const [first] = layers;
    if (first === undefined) throw new Error('no layer');
    // Each broken answer promised the rest of the blob and gave one megabyte of it at most.
    expect(countGets(registry, first.descriptor.digest)).toBe(3);
    expect(bytesAskedFor(registry, first)).toBeLessThanOrEqual(3 * first.blob.length);
    expect(await host.ok(['verify'])).toContain('sound');
  });

  test('16 processes that pull one image fetch each blob once', async () => {
    const pulls = await Promise.all(Array.from({ length: 16 }, () => host.gocker(['pull', '-q', 'big'])));
    expect(pulls.map(({ exitCode, stderr }) => `${exitCode} ${stderr}`)).toEqual(Array(16).fill('0 '));
    const digests = [...image.blobs.keys()];
    expect(digests.map((digest) => countGets(registry, digest))).toEqual(digests.map(() => 1));
  });

  test('Ctrl-C ends it with 130 and leaves no lock; the next pull goes on', async () => {
    registry.fault({ on: 'blob', drip: { bytes: megabyte / 16, everyMs: 30 } });
    const started = host.start(['pull', 'big']);
    await started.says('Pulling fs layer');
    await sleep(300);
    started.child.kill('SIGINT');
    expect((await started.finished).exitCode).toBe(130);
    registry.clearFaults();
    await host.ok(['pull', '-q', 'big']);
  });

  test.each([
    ['a wrong digest', { corruptAt: 1000 }, 'its bytes hash to'],
    ['a body that is too long', { extra: 5 }, 'expected'],
    ['an unknown blob', { status: 404 }, '404'],
    ['a server that fails', { status: 500 }, '500'],
  ])('%s is an error that names the request, and nothing of it is kept', async (_, fault, told) => {
    const [first] = layers;
    if (first === undefined) throw new Error('no layer');
    registry.fault({ on: 'blob', digest: first.descriptor.digest, ...fault });
    const { exitCode, stderr } = await host.gocker(['pull', '-q', 'big']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(told);
    expect(stderr).toContain(first.descriptor.digest.slice(0, 19));
    expect(await host.ok(['images', '-q'])).toBe('');
    registry.clearFaults();
    await host.ok(['pull', '-q', 'big']);
  });

  test('a wrong diffID, a wrong size and a layer that is no tar are refused', async () => {
    const [first, second] = layers;
    if (first === undefined || second === undefined) throw new Error('no layer');
    registry.addImage(
      'library/liar',
      'diffid',
      buildImage({ layers: [first], imageConfig: { rootfs: { type: 'layers', diff_ids: [second.diffID] } } }),
    );
    registry.addImage('library/liar', 'notar', buildImage({ layers: [await buildLayer(randomBytes(2048))] }));
    const size = { layers: [{ ...first.descriptor, size: first.descriptor.size - 1 }] };
    registry.addImage('library/liar', 'size', buildImage({ layers: [first], manifest: size }));
    const refusals: readonly (readonly [string, string])[] = [
      ['diffid', second.diffID],
      ['notar', 'tar'],
      ['size', 'bytes'],
    ];
    for (const [tag, told] of refusals) {
      const { exitCode, stderr } = await host.gocker(['pull', '-q', `liar:${tag}`]);
      expect([tag, exitCode]).toEqual([tag, 1]);
      expect(stderr).toContain(told);
    }
    expect(await host.ok(['images', '-q'])).toBe('');
    await host.ok(['pull', '-q', 'big']);
  });

  test('verify names a flipped byte and a lost file, and --repair fetches just those again', async () => {
    await host.ok(['pull', '-q', 'big']);
    const [first, second] = layers;
    if (first === undefined || second === undefined) throw new Error('no layer');
    const blob = join(host.images, 'blobs/sha256', first.descriptor.digest.slice(7));
    chmodSync(blob, 0o600);
    const fd = openSync(blob, 'r+');
    writeSync(fd, 'X', 5000);
    closeSync(fd);
    rmSync(join(host.root, 'layers', second.diffID.slice(7), 'diff', 'b', '3'));
    const told = await host.gocker(['verify']);
    expect(told.exitCode).toBe(1);
    expect(told.stdout + told.stderr).toContain(first.descriptor.digest);
    expect(told.stdout + told.stderr).toContain(second.diffID);
    const before = registry.requests.length;
    expect((await host.gocker(['verify', '--repair'])).exitCode).toBe(0);
    const fetched = registry.requests.slice(before).filter(({ target }) => target === 'blob');
    expect(fetched.map(({ digest }) => digest)).toEqual([first.descriptor.digest]);
    expect(await host.ok(['verify'])).toContain('sound');
  });
});
