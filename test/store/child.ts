/**
 * A gocker process as the store sees it, for tests that need several of them or kill some: node main.mjs <verb> <json>. Each
 * fetch is noted in the file `log`: the blob's seed and the offset.
 */
import { createHash } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { OCI_LAYER, OCI_MANIFEST } from '../../src/oci/index.ts';
import { openStore, type Store } from '../../src/store/index.ts';
import { makeTestBlob, type TestBlob } from './blob.ts';

export interface ChildOptions {
  readonly root: string;
  readonly log: string;
  /** One for each blob. */
  readonly seeds: readonly number[];
  readonly bytes: number;
  /** Milliseconds between two chunks of a fetch. */
  readonly pause: number;
  readonly name: string;
  readonly rounds: number;
}

/** Fetches a blob and prints the digest of what it was given. */
async function ingestOne(store: Store, options: ChildOptions): Promise<void> {
  const [seed = 0] = options.seeds;
  const blob = makeTestBlob(options.bytes, seed);
  const hash = createHash('sha256');
  for await (const chunk of store.ingest(blob, slowly(blob, seed, options))) hash.update(chunk);
  process.stdout.write(`sha256:${hash.digest('hex')}\n`);
}

/** Pulls an image as the engine does: lease, blobs that are missing, name. */
async function pull(store: Store, options: ChildOptions): Promise<void> {
  await using lease = await store.lease();
  const layers = options.seeds.map((seed) => {
    const { digest, size } = makeTestBlob(options.bytes, seed);
    return { mediaType: OCI_LAYER, digest, size };
  });
  const config = Buffer.from(JSON.stringify({ seeds: options.seeds }));
  const configDigest = `sha256:${createHash('sha256').update(config).digest('hex')}` as TestBlob['digest'];
  await lease.add(configDigest, ...layers.map((layer) => layer.digest));
  await Promise.all(
    options.seeds.map(async (seed) => {
      const blob = makeTestBlob(options.bytes, seed);
      if (store.stat(blob.digest) !== undefined) return;
      for await (const _ of store.ingest(blob, slowly(blob, seed, options)));
    }),
  );
  const manifest = { schemaVersion: 2, config: await store.put(config, 'application/json'), layers };
  const bytes = Buffer.from(JSON.stringify(manifest));
  await lease.add(`sha256:${createHash('sha256').update(bytes).digest('hex')}` as TestBlob['digest']);
  await store.addImage({ descriptor: await store.put(bytes, OCI_MANIFEST), name: options.name });
  for (const digest of [manifest.config.digest, ...layers.map((layer) => layer.digest)]) {
    if (store.stat(digest) === undefined) throw new Error(`${digest} was collected under our feet`);
  }
}

/** Pulls and removes images that share layers, in turns. */
async function churn(store: Store, options: ChildOptions): Promise<void> {
  for (let round = 0; round < options.rounds; round++) {
    const seeds = options.seeds.filter(() => Math.random() < 0.25);
    await pull(store, { ...options, seeds });
    if (Math.random() < 0.9) await store.removeName(options.name);
  }
}

/** Collects garbage until it is killed. */
async function collect(store: Store): Promise<void> {
  for (;;) {
    await store.collectGarbage({ partials: true });
    process.stdout.write('.');
    await sleep(Math.random() * 4);
  }
}

function slowly(blob: TestBlob, seed: number, { log, pause }: ChildOptions) {
  return async function* (offset: number) {
    appendFileSync(log, `${seed}@${offset}\n`);
    for await (const chunk of blob.fetch(offset)) {
      yield chunk;
      if (pause > 0) await sleep(pause);
    }
  };
}

const [verb, json = '{}'] = process.argv.slice(2);
const options = JSON.parse(json) as ChildOptions;
const store = openStore({ root: options.root });
process.stdout.write('ready\n');
if (verb === 'ingest') await ingestOne(store, options);
if (verb === 'pull') await pull(store, options);
if (verb === 'churn') await churn(store, options);
if (verb === 'collect') await collect(store);
