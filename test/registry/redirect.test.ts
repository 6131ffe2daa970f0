import { expect, test } from 'vitest';
import { parseReference } from '../../src/oci/index.ts';
import type { HttpRequest } from '../../src/registry/exchange.ts';
import { nextRequest } from '../../src/registry/redirect.ts';
import type { RegistryOptions } from '../support/registry/index.ts';
import { collect, openClient, openRegistry, pattern } from './setup.ts';
import { writeConfig } from './setup-config.ts';

const bytes = pattern(500_000);
const users = { alice: 'secret' };

async function openPair(options?: RegistryOptions) {
  const storage = await openRegistry();
  const registry = await openRegistry(options);
  registry.fault({ on: 'blob', redirect: `${storage.origin}*` });
  storage.addBlob(bytes);
  return { storage, registry, blob: registry.addBlob(bytes), reference: parseReference(`${registry.host}/a/b`) };
}

test('a blob is fetched from where the registry sends us, by range too, each time through the registry', async () => {
  const { storage, registry, blob, reference } = await openPair();
  storage.fault({ resetAfter: 200_000, times: 1 });
  expect((await collect(openClient().fetchBlob(reference, blob))).equals(bytes)).toBe(true);
  expect(storage.requests.map(({ range }) => range)).toEqual([undefined, 'bytes=200000-']);
  expect(registry.count({ target: 'blob' })).toBe(2);
});

test.each(['basic', 'bearer'] as const)('%s credentials stay with the registry', async (scheme) => {
  const { storage, registry, blob, reference } = await openPair({ auth: { scheme, users } });
  const dockerConfig = await writeConfig({ auths: { [registry.host]: { username: 'alice', password: 'secret' } } });
  expect(await collect(openClient({ dockerConfig }).fetchBlob(reference, blob))).toHaveLength(bytes.length);
  expect(registry.requests.at(-1)?.headers.authorization).toBeDefined();
  expect(storage.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
});

test('ten redirects are followed, an eleventh is not', async () => {
  const registry = await openRegistry();
  const blob = registry.addBlob(bytes);
  const reference = parseReference(`${registry.host}/a/b`);
  registry.fault({ on: 'blob', redirect: `${registry.origin}*`, times: 10 });
  expect(await collect(openClient().fetchBlob(reference, blob))).toHaveLength(bytes.length);
  registry.fault({ on: 'blob', redirect: `${registry.origin}*` });
  await expect(collect(openClient().fetchBlob(reference, blob))).rejects.toMatchObject({
    code: 'REGISTRY_REDIRECT_REFUSED',
    message: expect.stringContaining('more than 10 redirects'),
  });
  expect(registry.count({ target: 'blob' })).toBe(11 + 11);
});

test.each(['file:///etc/passwd', 'ftp://127.0.0.1/x', 'gopher:x', 'http://', '', 'javascript:alert(1)'])(
  'a redirect to "%s" is refused',
  async (redirect) => {
    const registry = await openRegistry({ faults: [{ on: 'blob', redirect }] });
    const fetching = collect(openClient().fetchBlob(parseReference(`${registry.host}/a/b`), registry.addBlob(bytes)));
    await expect(fetching).rejects.toMatchObject({ code: 'REGISTRY_REDIRECT_REFUSED' });
  },
);

const request: HttpRequest = {
  method: 'GET',
  url: new URL('https://registry.example/v2/a/blobs/x'),
  headers: { authorization: 'Bearer secret', range: 'bytes=5-' },
  insecure: false,
  signal: undefined,
};

test('https never leads to http, unless the registry is insecure', () => {
  expect(() => nextRequest(request, 'http://registry.example/x')).toThrow(/expected https/);
  expect(nextRequest({ ...request, insecure: true }, 'http://other.example/x').headers).toEqual({ range: 'bytes=5-' });
});

test('Authorization is kept within an origin, and dropped by another host, port or scheme', () => {
  expect(nextRequest(request, '/elsewhere').headers).toEqual(request.headers);
  for (const location of ['https://evil.example/x', 'https://registry.example:444/x', '//evil.example'])
    expect(nextRequest(request, location).headers).toEqual({ range: 'bytes=5-' });
});

test('user and password in a Location are not sent, and its query is not printed', async () => {
  expect(nextRequest(request, 'https://u:p@evil.example/x').url.href).toBe('https://evil.example/x');
  const registry = await openRegistry({ faults: [{ on: 'blob', redirect: 'ftp://u:p@evil.example/x?signature=abc' }] });
  const fetching = collect(openClient().fetchBlob(parseReference(`${registry.host}/a/b`), registry.addBlob(bytes)));
  await expect(fetching).rejects.toThrow(/redirected to "ftp:\/\/evil\.example\/x" /);
});

test('a POST is not sent anywhere else', () => {
  expect(() => nextRequest({ ...request, method: 'POST' }, '/token')).toThrow(/POST/);
});
