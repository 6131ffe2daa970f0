/** Debian's skopeo and umoci read the store in place. They know nothing of us: what they say is a second opinion. */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type Descriptor, type Digest, OCI_CONFIG, OCI_LAYER, OCI_MANIFEST } from '../../src/oci/index.ts';
import type { Store } from '../../src/store/index.ts';
import { makeStore } from './content.ts';

function isMissing(program: string): boolean {
  const missing = spawnSync(program, ['--version']).error !== undefined;
  if (missing) console.warn(`skipped: ${program} is not installed`);
  return missing;
}

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gocker-interop-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** An image of one file, `greeting`. */
async function putHello(store: Store): Promise<Descriptor> {
  const folder = makeFolder();
  writeFileSync(join(folder, 'greeting'), 'hello\n');
  const tar = execFileSync('tar', ['-c', '--format=ustar', '-C', folder, 'greeting']);
  const layer = await store.put(tar, OCI_LAYER);
  const diffID = `sha256:${createHash('sha256').update(tar).digest('hex')}` as Digest;
  const json = (value: unknown, mediaType: string) => store.put(Buffer.from(JSON.stringify(value)), mediaType);
  const rootfs = { type: 'layers', diff_ids: [diffID] };
  const config = await json({ os: 'linux', architecture: 'amd64', config: { Cmd: ['/x'] }, rootfs }, OCI_CONFIG);
  return await json({ schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers: [layer] }, OCI_MANIFEST);
}

const names = [
  'docker.io/library/alpine:latest',
  'localhost:5000/a/b-c.d_e:v1.2-rc.1',
  'ghcr.io/owner/name:sha-0123456',
  'plain',
];

test.skipIf(isMissing('skopeo'))('skopeo inspects each name in place and finds our digest', async () => {
  const { store } = makeStore();
  const manifest = await putHello(store);
  await store.addImage({ descriptor: manifest, repoDigest: `docker.io/library/other@${manifest.digest}` });
  for (const name of names) await store.addImage({ descriptor: manifest, name });
  for (const name of names) {
    const said = JSON.parse(execFileSync('skopeo', ['inspect', `oci:${store.folder}:${name}`], { encoding: 'utf8' }));
    expect(said).toMatchObject({ Digest: manifest.digest, Architecture: 'amd64' });
  }
});

test.skipIf(isMissing('skopeo'))('skopeo copies out of the store and into it, and our names outlive that', async () => {
  const { store } = makeStore();
  const descriptor = await putHello(store);
  const repoDigest = `docker.io/library/alpine@${descriptor.digest}`;
  await store.addImage({ descriptor, name: 'docker.io/library/alpine:latest', repoDigest });
  const source = `oci:${store.folder}:docker.io/library/alpine:latest`;
  execFileSync('skopeo', ['--insecure-policy', 'copy', source, `dir:${makeFolder()}/copy`]);
  execFileSync('skopeo', ['--insecure-policy', 'copy', source, `oci:${store.folder}:localhost/copy:1`]);
  expect(store.resolveName('localhost/copy:1')?.digest).toBe(descriptor.digest);
  expect(store.list()).toContainEqual({ descriptor, name: 'docker.io/library/alpine:latest', repoDigest });
  expect((await store.collectGarbage()).blobs).toEqual([]);
});

test.skipIf(isMissing('umoci'))('umoci lists every name and unpacks the image in place', async () => {
  const { store } = makeStore();
  const manifest = await putHello(store);
  for (const name of names) await store.addImage({ descriptor: manifest, name });
  const listed = execFileSync('umoci', ['list', '--layout', store.folder], { encoding: 'utf8' });
  expect(listed.trim().split('\n').sort()).toEqual([...names].sort());
  const bundle = join(makeFolder(), 'bundle');
  const image = `${store.folder}:docker.io/library/alpine:latest`;
  execFileSync('umoci', ['unpack', '--rootless', '--image', image, bundle]);
  expect(readFileSync(join(bundle, 'rootfs', 'greeting'), 'utf8')).toBe('hello\n');
});

test.skipIf(isMissing('umoci'))('umoci collects garbage in the store as we would', async () => {
  const { store } = makeStore();
  const manifest = await putHello(store);
  await store.addImage({ descriptor: manifest, name: 'docker.io/library/alpine:latest' });
  const idle = await store.put(Buffer.from('idle'), 'text/plain');
  execFileSync('umoci', ['gc', '--layout', store.folder]);
  expect(store.stat(idle.digest)).toBeUndefined();
  const found = [];
  for await (const finding of store.verify()) found.push(finding.kind);
  expect(found).toEqual(['ok', 'ok', 'ok']);
});
