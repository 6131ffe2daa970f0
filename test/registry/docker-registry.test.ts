/** The same against Debian's docker-registry, which knows nothing of us. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseImageDocument, parseReference, sha256Digest } from '../../src/oci/index.ts';
import { type DockerRegistry, hasDockerRegistry, startDockerRegistry } from '../support/docker-registry.ts';
import { buildImage, buildIndex, buildLayer } from '../support/images/index.ts';
import { collect, openClient, pattern } from './setup.ts';
import { temporaryDirectory, writeFiles } from './setup-config.ts';

if (!hasDockerRegistry) console.warn('skipped: docker-registry or skopeo is not installed');

const large = pattern(20_000_000);

/** An OCI image layout of one index of two platforms. */
async function writeLayout(): Promise<string> {
  const layer = await buildLayer([{ name: 'large', content: large }], 'none');
  const images = ['amd64', 'arm64'].map((architecture) =>
    buildImage({ layers: [layer], platform: { os: 'linux', architecture } }),
  );
  const index = buildIndex(images);
  const directory = await temporaryDirectory();
  const { mkdir, writeFile } = await import('node:fs/promises');
  await mkdir(join(directory, 'blobs/sha256'), { recursive: true });
  const blobs = [...index.blobs.values(), index.bytes, ...index.manifests.map(({ bytes }) => bytes)];
  for (const blob of blobs) await writeFile(join(directory, 'blobs/sha256', sha256Digest(blob).slice(7)), blob);
  await writeFile(join(directory, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  const entry = { ...index.descriptor, annotations: { 'org.opencontainers.image.ref.name': 'test' } };
  await writeFile(join(directory, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [entry] }));
  return directory;
}

describe.skipIf(!hasDockerRegistry)('docker-registry', () => {
  let registry: DockerRegistry;
  beforeAll(async () => {
    registry = await startDockerRegistry();
  });
  afterAll(() => registry?.close());

  test('an index pushed by skopeo is resolved and fetched down to its last byte, from any offset', async () => {
    await registry.copy(`oci:${await writeLayout()}:test`, 'team/app:1');
    const client = openClient();
    const reference = parseReference(`${registry.host}/team/app:1`);
    const { digest } = await client.resolve(reference);
    const index = parseImageDocument((await client.fetchManifest(reference, digest)).bytes);
    if (index.kind !== 'index') throw new Error('no index');
    const [first] = index.index.manifests;
    if (first === undefined) throw new Error('an empty index');
    const manifest = parseImageDocument((await client.fetchManifest(reference, first.digest)).bytes);
    if (manifest.kind !== 'manifest') throw new Error('no manifest');
    const [layer] = manifest.manifest.layers;
    if (layer === undefined) throw new Error('no layer');
    const whole = await collect(client.fetchBlob(reference, layer));
    expect(sha256Digest(whole)).toBe(layer.digest);
    const rest = await collect(client.fetchBlob(reference, layer, { offset: 12_345_678 }));
    expect(rest.equals(whole.subarray(12_345_678))).toBe(true);
    expect(client.events).toEqual([]);
  });

  test('what is not there is told apart', async () => {
    await registry.copy(`oci:${await writeLayout()}:test`, 'team/app:1');
    const client = openClient();
    await expect(client.resolve(parseReference(`${registry.host}/team/app:2`))).rejects.toMatchObject({
      code: 'MANIFEST_NOT_FOUND',
      hint: 'Take one of its tags: 1.',
    });
    await expect(client.resolve(parseReference(`${registry.host}/team/none`))).rejects.toMatchObject({
      code: 'IMAGE_NOT_FOUND',
    });
  });

  test('Docker Hub is served by it where registries.conf says so', async () => {
    await registry.copy(`oci:${await writeLayout()}:test`, 'library/hello:latest');
    const conf = await writeFiles({
      'r.conf': `[[registry]]\nlocation = "docker.io"\n[[registry.mirror]]\nlocation = "${registry.host}"\n`,
    });
    const client = openClient({ registriesConf: join(conf, 'r.conf') });
    expect((await client.resolve(parseReference('hello'))).digest).toMatch(/^sha256:/);
  });

  test('Docker schema 2, as skopeo converts to it, is taken as well', async () => {
    const layout = await writeLayout();
    const args = ['--insecure-policy', 'copy', '--quiet', '--format', 'v2s2', '--dest-tls-verify=false'];
    execFileSync('skopeo', [...args, `oci:${layout}:test`, `docker://${registry.host}/team/docker:1`]);
    const client = openClient();
    const reference = parseReference(`${registry.host}/team/docker:1`);
    const { digest } = await client.resolve(reference);
    const { mediaType, bytes } = await client.fetchManifest(reference, digest);
    expect(mediaType).toBe('application/vnd.docker.distribution.manifest.v2+json');
    expect(sha256Digest(bytes)).toBe(digest);
  });

  test('nothing is left of it when it is closed', async () => {
    const other = await startDockerRegistry();
    await other.close();
    expect(existsSync(other.root)).toBe(false);
    await expect(openClient().resolve(parseReference(`${other.host}/a/b`))).rejects.toMatchObject({
      code: 'REGISTRY_UNREACHABLE',
    });
  });
});
