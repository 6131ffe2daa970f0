/** The test registry itself: a judge that is wrong proves nothing. */
import { afterEach, expect, test } from 'vitest';
import { buildImage, buildLayer } from '../support/images/index.ts';
import { type RegistryOptions, startRegistry, type TestRegistry } from '../support/registry/index.ts';

const open: TestRegistry[] = [];

async function start(options?: RegistryOptions): Promise<TestRegistry> {
  const registry = await startRegistry(options);
  open.push(registry);
  return registry;
}

afterEach(async () => {
  for (const registry of open.splice(0)) await registry.close();
});

test('an image is served by tag and digest, with its blobs', async () => {
  const registry = await start();
  const image = buildImage({ layers: [await buildLayer([{ name: 'hello', content: 'world' }])] });
  const descriptor = registry.addImage('library/hello', 'latest', image);
  for (const name of ['latest', descriptor.digest]) {
    const response = await fetch(`${registry.origin}/v2/library/hello/manifests/${name}`);
    expect(response.headers.get('docker-content-digest')).toBe(descriptor.digest);
    expect(Buffer.from(await response.arrayBuffer())).toEqual(image.bytes);
  }
  for (const [digest, bytes] of image.blobs) {
    const response = await fetch(`${registry.origin}/v2/library/hello/blobs/${digest}`);
    expect(Buffer.from(await response.arrayBuffer())).toEqual(bytes);
  }
  expect(registry.count({ target: 'manifest' })).toBe(2);
  expect((await fetch(`${registry.origin}/v2/library/hello/manifests/nope`)).status).toBe(404);
});

test('a range is served as 206, and one past the end as 416', async () => {
  const registry = await start();
  const { digest } = registry.addBlob(Buffer.from('0123456789'));
  const get = (range: string) => fetch(`${registry.origin}/v2/a/blobs/${digest}`, { headers: { range } });
  const part = await get('bytes=4-');
  expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([206, 'bytes 4-9/10', '456789']);
  expect((await get('bytes=10-')).status).toBe(416);
});

test('faults are met as often as they say', async () => {
  const registry = await start({ faults: [{ status: 500, times: 2 }] });
  const { digest } = registry.addBlob(Buffer.from('0123456789'));
  const statuses = [];
  for (let n = 0; n < 3; n++) statuses.push((await fetch(`${registry.origin}/v2/a/blobs/${digest}`)).status);
  expect(statuses).toEqual([500, 500, 200]);
});

test.each([{ resetAfter: 4 }, { truncateAfter: 4 }])('a broken connection breaks the body: %o', async (fault) => {
  const registry = await start({ faults: [fault] });
  const { digest } = registry.addBlob(Buffer.from('0123456789'));
  const response = await fetch(`${registry.origin}/v2/a/blobs/${digest}`);
  await expect(response.text()).rejects.toThrow();
});

test('a bearer token is asked for, given, bound to its repository, and revoked', async () => {
  const registry = await start({ auth: { scheme: 'bearer', anonymous: true } });
  registry.addManifest('a/b', { bytes: Buffer.from('{}'), mediaType: 'application/json' }, 'x');
  const url = `${registry.origin}/v2/a/b/manifests/x`;
  const challenge = (await fetch(url)).headers.get('www-authenticate');
  expect(challenge).toContain('scope="repository:a/b:pull"');
  const query = 'service=test.registry&scope=repository:a/b:pull';
  const answer = (await (await fetch(`${registry.origin}/token?${query}`)).json()) as { token: string };
  const headers = { authorization: `Bearer ${answer.token}` };
  expect((await fetch(url, { headers })).status).toBe(200);
  expect((await fetch(url.replace('a/b', 'c/d'), { headers })).status).toBe(401);
  registry.revokeTokens();
  expect((await fetch(url, { headers })).status).toBe(401);
});
