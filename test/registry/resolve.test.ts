import { expect, test } from 'vitest';
import { parseReference, sha256Digest } from '../../src/oci/index.ts';
import { addHello, openClient, openRegistry } from './setup.ts';

test('resolve() asks by HEAD alone, so that a cached image costs no pull', async () => {
  const registry = await openRegistry();
  const { reference, descriptor } = await addHello(registry);
  expect(await openClient().resolve(reference)).toEqual({ digest: descriptor.digest });
  expect(registry.requests.filter(({ target }) => target === 'manifest').map(({ method }) => method)).toEqual(['HEAD']);
});

test('resolve() of a digest asks nobody, whatever the tag says', async () => {
  const registry = await openRegistry();
  const { reference, descriptor } = await addHello(registry);
  expect(await openClient().resolve({ ...reference, digest: descriptor.digest })).toEqual({
    digest: descriptor.digest,
  });
  expect(registry.requests).toEqual([]);
});

test('resolve() accepts OCI and Docker manifests, indexes and lists', async () => {
  const registry = await openRegistry();
  const { reference } = await addHello(registry);
  await openClient().resolve(reference);
  expect(registry.requests.at(-1)?.headers.accept?.split(', ').sort()).toEqual([
    'application/vnd.docker.distribution.manifest.list.v2+json',
    'application/vnd.docker.distribution.manifest.v2+json',
    'application/vnd.oci.image.index.v1+json',
    'application/vnd.oci.image.manifest.v1+json',
  ]);
});

test.each([
  ['without a digest header', { headers: { 'docker-content-digest': undefined } }],
  ['with a malformed digest header', { headers: { 'docker-content-digest': 'sha256:abc' } }],
  ['without a length', { method: 'HEAD', headers: { 'content-length': undefined } }],
  ['with a general type', { headers: { 'content-type': 'application/json; charset=utf-8' } }],
  ['refused', { method: 'HEAD', status: 405 }],
] as const)(
  'resolve() falls back to GET where HEAD is %s, and fetchManifest() then costs nothing',
  async (_, fault) => {
    const registry = await openRegistry({ faults: [fault] });
    const { reference, descriptor } = await addHello(registry);
    const client = openClient();
    expect((await client.resolve(reference)).digest).toBe(descriptor.digest);
    const manifest = await client.fetchManifest(reference, descriptor.digest);
    expect([manifest.digest, manifest.mediaType]).toEqual([descriptor.digest, descriptor.mediaType]);
    expect(registry.count({ target: 'manifest', method: 'GET' })).toBe(1);
  },
);

test('resolve() tells the allowance that the registry tells', async () => {
  const headers = { 'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': '76;w=21600' };
  const registry = await openRegistry({ faults: [{ headers }] });
  const { reference } = await addHello(registry);
  expect((await openClient().resolve(reference)).allowance).toEqual({ limit: 100, remaining: 76, seconds: 21600 });
});

test.each(['manifest.v1+prettyjws', 'manifest.v1+json'])('schema 1 (%s) is refused by name', async (type) => {
  const registry = await openRegistry();
  const mediaType = `application/vnd.docker.distribution.${type}`;
  const digest = registry.addManifest('old/app', { bytes: Buffer.from('{"schemaVersion":1}'), mediaType }, 'x').digest;
  const reference = parseReference(`${registry.host}/old/app:x`);
  const refused = { code: 'MANIFEST_TYPE_UNSUPPORTED', message: expect.stringContaining('schema 1') };
  await expect(openClient().resolve(reference)).rejects.toMatchObject(refused);
  await expect(openClient().fetchManifest(reference, digest)).rejects.toMatchObject(refused);
});

test('schema 1 under a general type is told by its body', async () => {
  const registry = await openRegistry();
  const bytes = Buffer.from('{"schemaVersion":1,"fsLayers":[]}');
  registry.addManifest('old/app', { bytes, mediaType: 'application/json' }, 'x');
  const reference = parseReference(`${registry.host}/old/app:x`);
  await expect(openClient().resolve(reference)).rejects.toThrow('schema 1');
});

test('a login page in place of a manifest is refused by its type', async () => {
  const registry = await openRegistry({ faults: [{ headers: { 'content-type': 'text/html' }, body: '<html>' }] });
  const { reference } = await addHello(registry);
  await expect(openClient().resolve(reference)).rejects.toMatchObject({
    code: 'MANIFEST_TYPE_UNSUPPORTED',
    message: expect.stringContaining('"text/html"'),
  });
});

test('fetchManifest() takes a manifest of 4 MiB and none of a byte more, said or unsaid', async () => {
  const registry = await openRegistry();
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const reference = parseReference(`${registry.host}/big/app:x`);
  const largest = registry.addManifest('big/app', { bytes: Buffer.alloc(4 * 1024 * 1024, ' '), mediaType });
  expect((await openClient().fetchManifest(reference, largest.digest)).bytes.length).toBe(4 * 1024 * 1024);
  const { digest } = registry.addManifest('big/app', { bytes: Buffer.alloc(4 * 1024 * 1024 + 1, ' '), mediaType }, 'x');
  await expect(openClient().fetchManifest(reference, digest)).rejects.toMatchObject({ code: 'MANIFEST_TOO_LARGE' });
  await expect(openClient().resolve(reference)).rejects.toMatchObject({ code: 'MANIFEST_TOO_LARGE' });
  registry.fault({ chunked: true });
  await expect(openClient().fetchManifest(reference, digest)).rejects.toMatchObject({ code: 'MANIFEST_TOO_LARGE' });
});

test('fetchManifest() refuses bytes that do not hash to the digest', async () => {
  const registry = await openRegistry({ faults: [{ method: 'GET', corruptAt: 3 }] });
  const { reference, descriptor } = await addHello(registry);
  const fetching = openClient().fetchManifest(reference, descriptor.digest);
  await expect(fetching).rejects.toMatchObject({
    code: 'MANIFEST_DIGEST_MISMATCH',
    message: expect.stringContaining(descriptor.digest),
  });
});

test('resolve() by GET refuses a digest header that lies', async () => {
  const lie = sha256Digest('another');
  const registry = await openRegistry({
    faults: [
      { method: 'HEAD', status: 405 },
      { method: 'GET', headers: { 'docker-content-digest': lie } },
    ],
  });
  const { reference } = await addHello(registry);
  await expect(openClient().resolve(reference)).rejects.toMatchObject({ code: 'MANIFEST_DIGEST_MISMATCH' });
});

test('an aborted signal ends a request with its own reason', async () => {
  const registry = await openRegistry({ faults: [{ hang: true }] });
  const { reference } = await addHello(registry);
  const controller = new AbortController();
  const resolving = openClient().resolve(reference, { signal: controller.signal });
  setTimeout(() => controller.abort(new Error('enough')), 50);
  await expect(resolving).rejects.toThrow('enough');
});

test.each(['ping', 'token'] as const)(
  'an aborted signal ends the wait for a %s, for its own request alone',
  async (on) => {
    const auth = on === 'token' ? { auth: { scheme: 'bearer', anonymous: true } as const } : {};
    const registry = await openRegistry({ ...auth, faults: [{ on, hang: true }] });
    const { reference } = await addHello(registry);
    const controller = new AbortController();
    // So patient that only the signal can end it.
    const client = openClient({ timeouts: { answerMs: 600_000 }, retry: { attempts: 1 } });
    let patientSettled = false;
    const patient = client.resolve(reference).finally(() => {
      patientSettled = true;
    });
    patient.catch(() => undefined);
    const resolving = client.resolve(reference, { signal: controller.signal });
    setTimeout(() => controller.abort(new Error('enough')), 100);
    await expect(resolving).rejects.toThrow('enough');
    expect(patientSettled).toBe(false);
    await client.close();
    await expect(patient).rejects.toMatchObject({ code: 'REGISTRY_CONNECTION_LOST' });
  },
);
