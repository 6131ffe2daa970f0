/** Fills the disk that it is given in one of three ways, and prints what the store said. */
import { readdirSync, rmSync, statfsSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { GockerError } from '../../../src/errors/index.ts';
import { openStore } from '../../../src/store/index.ts';
import { chunks, makeTestBlob } from '../../store/blob.ts';

const [verb, root = ''] = process.argv.slice(2);
const store = openStore({ root });
const ballast = join(root, 'ballast');
let fetched = false;

function fill(leave: number): void {
  const { bfree, bsize } = statfsSync(root);
  writeFileSync(ballast, Buffer.alloc(Math.max(0, bfree * bsize - leave)));
}

async function ingest(size: number, fillUp: boolean): Promise<void> {
  const blob = makeTestBlob(size);
  const fetch = async function* (offset: number) {
    fetched = true;
    for await (const chunk of chunks(blob.bytes.subarray(offset))) {
      yield chunk;
      if (fillUp) fill(1_000_000);
      fillUp = false;
    }
  };
  for await (const _ of store.ingest(blob, fetch));
}

async function failToName(): Promise<void> {
  const descriptor = await store.put(Buffer.from('{}'), 'application/json');
  await store.addImage({ descriptor, name: 'localhost/a:1' });
  fill(0);
  await store.addImage({ descriptor, name: `localhost/${'b'.repeat(200)}:1`, repoDigest: 'c'.repeat(20_000) });
}

async function attempt(): Promise<void> {
  if (verb === 'too-large') await ingest(9_000_000, false);
  else if (verb === 'fills-up') await ingest(6_000_000, true);
  else await failToName();
}

const error = await attempt().then(
  () => ({ code: 'none', message: '' }),
  ({ code, message }: GockerError) => ({ code, message }),
);
const names = store.list().map((image) => image.name);
const temporaries = readdirSync(join(root, 'images', 'ingest'));
rmSync(ballast, { force: true });
const small = makeTestBlob(100_000, 2);
for await (const _ of store.ingest(small, small.fetch));
const usable = store.stat(small.digest) === small.size;
writeSync(1, JSON.stringify({ ...error, fetched, temporaries, usable, ...(verb === 'name' ? { names } : {}) }));
