/** What runs in the VM: `pull` an image of 3 layers into the store, or `verify` what is there. */
import { readdirSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { OCI_LAYER, OCI_MANIFEST } from '../../src/oci/index.ts';
import { openStore } from '../../src/store/index.ts';
import { makeTestBlob } from '../store/blob.ts';

const NAME = 'docker.io/library/alpine:latest';
const [verb, root = ''] = process.argv.slice(2);
const store = openStore({ root });

/** Synchronous: the line is out before anything else happens. */
function say(line: string): void {
  writeSync(1, `${line}\n`);
}

async function pull(): Promise<void> {
  const lease = await store.lease();
  const blobs = [1, 2, 3].map((seed) => makeTestBlob(3_000_000, seed));
  await lease.add(...blobs.map((blob) => blob.digest));
  for (const [at, blob] of blobs.entries()) {
    let bytes = 0;
    const consume = async (stream: AsyncIterable<Uint8Array>) => {
      for await (const chunk of stream) {
        const before = bytes;
        bytes += chunk.length;
        if (at === 1 && before < 1_500_000 && bytes >= 1_500_000) say('half');
      }
    };
    await store.ingestInto(blob, { fetch: blob.fetch, consume });
  }
  const layers = blobs.map(({ digest, size }) => ({ mediaType: OCI_LAYER, digest, size }));
  const config = await store.put(Buffer.from('{}'), 'application/json');
  const manifest = Buffer.from(JSON.stringify({ schemaVersion: 2, config, layers }));
  await store.addImage({ descriptor: await store.put(manifest, OCI_MANIFEST), name: NAME });
  await lease.release();
  say('done');
  // Long enough for the cut to come.
  await new Promise((resolve) => setTimeout(resolve, 500));
}

async function verify(): Promise<void> {
  if (store.resolveName(NAME) !== undefined) say('named');
  let sound = true;
  for await (const finding of store.verify()) {
    say(finding.kind);
    if (finding.kind !== 'ok') sound = false;
  }
  say(`temporaries ${readdirSync(join(root, 'images', 'ingest')).length}`);
  say(sound ? 'sound' : 'damaged');
}

await (verb === 'pull' ? pull() : verify());
