/** Logging in, end to end: what is sent where, and what is said when it does not do. */
import { expect, test } from 'vitest';
import type { Reference } from '../../src/oci/index.ts';
import type { RegistryClientOptions } from '../../src/registry/index.ts';
import type { AuthOptions, TestRegistry } from '../support/registry/index.ts';
import { addHello, collect, openClient, openRegistry, pattern } from './setup.ts';
import { writeConfig, writeFiles } from './setup-config.ts';

const users = { alice: 'se:cret' };
const auth = Buffer.from('alice:se:cret').toString('base64');

async function openGuarded(options: AuthOptions): Promise<{ registry: TestRegistry; reference: Reference }> {
  const registry = await openRegistry({ auth: options });
  const { reference } = await addHello(registry);
  return { registry, reference };
}

async function clientWith(config: object, options: RegistryClientOptions = {}) {
  return openClient({ ...options, dockerConfig: await writeConfig(config) });
}

test('an anonymous token is got by GET with service and scope, once for all that follows', async () => {
  const { registry, reference } = await openGuarded({ scheme: 'bearer', anonymous: true, expiresIn: 300 });
  const client = openClient();
  const { digest } = await client.resolve(reference);
  await client.fetchManifest(reference, digest);
  const blob = registry.addBlob(pattern(1000));
  await Promise.all([1, 2, 3].map(() => collect(client.fetchBlob(reference, blob))));
  const tokens = registry.requests.filter(({ target }) => target === 'token');
  expect(tokens.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'GET /token?service=test.registry&scope=repository%3Alibrary%2Fhello%3Apull',
  ]);
  expect(tokens[0]?.headers.authorization).toBeUndefined();
});

test('several requests that meet one 401 share one token', async () => {
  const { registry, reference } = await openGuarded({ scheme: 'bearer', anonymous: true });
  const client = openClient();
  const blobs = [1, 2, 3, 4].map((n) => registry.addBlob(pattern(1000 * n)));
  await Promise.all(blobs.map((blob) => collect(client.fetchBlob(reference, blob))));
  expect(registry.count({ target: 'token' })).toBe(1);
});

test.each(['token', 'access_token'] as const)('a token may be called "%s"', async (field) => {
  const { reference } = await openGuarded({ scheme: 'bearer', anonymous: true, field });
  expect((await openClient().resolve(reference)).digest).toBeDefined();
});

test('a token that is no longer taken is renewed once, in the middle of a blob too', async () => {
  const { registry, reference } = await openGuarded({ scheme: 'bearer', anonymous: true });
  const bytes = pattern(1_000_000);
  const blob = registry.addBlob(bytes);
  registry.fault({ on: 'blob', resetAfter: 400_000, times: 1 });
  const chunks: Uint8Array[] = [];
  for await (const chunk of openClient().fetchBlob(reference, blob)) {
    if (chunks.length === 0) registry.revokeTokens();
    chunks.push(chunk);
  }
  expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
  expect(registry.count({ target: 'token' })).toBe(2);
});

test('a registry that takes no token at all ends in REGISTRY_UNAUTHORIZED, soon', async () => {
  const { registry, reference } = await openGuarded({ scheme: 'bearer', anonymous: true });
  const other = await openRegistry({ auth: { scheme: 'bearer', anonymous: true, realm: `${registry.origin}/token` } });
  await expect(openClient().resolve({ ...reference, registry: other.host })).rejects.toMatchObject({
    code: 'REGISTRY_UNAUTHORIZED',
    message: expect.stringContaining('asked without credentials'),
  });
  expect(other.count({ target: 'manifest' })).toBe(3);
});

test.each(['basic', 'bearer'] as const)('%s: user and password of config.json open the door', async (scheme) => {
  const { registry, reference } = await openGuarded({ scheme, users });
  const client = await clientWith({ auths: { [registry.host]: { auth } } });
  expect((await client.resolve(reference)).digest).toBeDefined();
  const asked = registry.requests.find(({ target }) => target === (scheme === 'basic' ? 'manifest' : 'token'));
  // Never before the registry asks for it, and only in the shape that it asks for.
  expect(registry.requests[0]?.headers.authorization).toBeUndefined();
  expect(asked).toBeDefined();
});

test.each(['basic', 'bearer'] as const)(
  '%s: wrong credentials are told by their file, never by themselves',
  async (scheme) => {
    const { registry, reference } = await openGuarded({ scheme, users });
    const wrong = Buffer.from('alice:hunter2').toString('base64');
    const client = await clientWith({ auths: { [registry.host]: { auth: wrong } } });
    const error = (await client.resolve(reference).catch((error: unknown) => error)) as Error & { hint: string };
    expect(error).toMatchObject({ code: 'REGISTRY_UNAUTHORIZED', hint: expect.stringContaining('docker login') });
    expect(error.message).toMatch(/with the credentials from .*config\.json/);
    expect(JSON.stringify([error.message, error.hint, error.stack])).not.toMatch(new RegExp(`hunter2|${wrong}`));
  },
);

test('no credentials for a registry that wants them is said so', async () => {
  const { reference } = await openGuarded({ scheme: 'basic', users });
  await expect(openClient().resolve(reference)).rejects.toMatchObject({
    code: 'REGISTRY_UNAUTHORIZED',
    message: expect.stringContaining('asked without credentials'),
  });
});

test('an identity token is exchanged by POST, and goes nowhere else', async () => {
  const { registry, reference } = await openGuarded({ scheme: 'bearer', identityTokens: ['refresh-me'] });
  const client = await clientWith({ auths: { [registry.host]: { auth: '', identitytoken: 'refresh-me' } } });
  expect((await client.resolve(reference)).digest).toBeDefined();
  const [token] = registry.requests.filter(({ target }) => target === 'token');
  expect(token).toMatchObject({ method: 'POST', path: '/token' });
  expect(Object.fromEntries(new URLSearchParams(token?.body))).toEqual({
    grant_type: 'refresh_token',
    client_id: 'gocker',
    refresh_token: 'refresh-me',
    service: 'test.registry',
    scope: 'repository:library/hello:pull',
  });
  expect(JSON.stringify(registry.requests.filter(({ target }) => target !== 'token'))).not.toContain('refresh-me');
});

test('a registry token is sent as it is', async () => {
  const { registry, reference } = await openGuarded({ scheme: 'bearer', anonymous: true });
  const client = await clientWith({ auths: { [registry.host]: { registrytoken: 'as-it-is' } } });
  await expect(client.resolve(reference)).rejects.toMatchObject({ code: 'REGISTRY_UNAUTHORIZED' });
  expect(registry.requests.at(-1)?.headers.authorization).toBe('Bearer as-it-is');
  expect(registry.count({ target: 'token' })).toBe(0);
});

test.each([
  'http://auth.example/token',
  'ftp://127.0.0.1/token',
  'file:///token',
  'https://user:pass@auth.example/token',
  'token',
  '',
])('a token service at "%s" is not asked', async (realm) => {
  const { reference } = await openGuarded({ scheme: 'bearer', users, realm });
  const resolving = openClient().resolve(reference);
  await expect(resolving).rejects.toThrow(
    realm === '' ? /expected an https URL/ : /token service is .* \(expected an https URL\)/,
  );
});

test.each([
  ['no JSON', 'hello'],
  ['no token', '{}'],
  ['a token of another type', '{"token": 5}'],
  ['a token that would break out of its header', '{"token": "a\\r\\nHost: evil"}'],
])('a token service that answers with %s is told so', async (_, body) => {
  const { registry, reference } = await openGuarded({ scheme: 'bearer', anonymous: true });
  registry.fault({ on: 'token', body });
  await expect(openClient().resolve(reference)).rejects.toMatchObject({
    code: 'REGISTRY_BAD_RESPONSE',
    message: expect.stringContaining('/token: its answer has none'),
  });
});

test('a token service that fails a few times is asked again', async () => {
  const { registry, reference } = await openGuarded({ scheme: 'bearer', anonymous: true });
  registry.fault({ on: 'token', status: 503, times: 2 });
  expect((await openClient().resolve(reference)).digest).toBeDefined();
  expect(registry.count({ target: 'token' })).toBe(3);
});

test('a helper is asked by the host on its stdin, and its identity token exchanged', async () => {
  const { registry, reference } = await openGuarded({ scheme: 'bearer', identityTokens: ['from-helper'] });
  const bin = await writeFiles({
    'docker-credential-test':
      '#!/bin/sh\n[ "$1" = get ] || exit 3\nread -r host || [ -n "$host" ]\necho "$host" >"$(dirname "$0")/asked"\nprintf \'{"ServerURL":"%s","Username":"<token>","Secret":"from-helper"}\' "$host"\n',
  });
  const { chmod, readFile } = await import('node:fs/promises');
  await chmod(`${bin}/docker-credential-test`, 0o755);
  const env = { PATH: `${bin}:${process.env.PATH}` };
  const client = await clientWith({ credHelpers: { [registry.host]: 'test' } }, { env });
  expect((await client.resolve(reference)).digest).toBeDefined();
  expect(await readFile(`${bin}/asked`, 'utf8')).toBe(`${registry.host}\n`);
});

test('a helper that is missing keeps nobody from a public image, and is named where credentials are wanted', async () => {
  const open = await openGuarded({ scheme: 'bearer', anonymous: true });
  expect((await (await clientWith({ credsStore: 'missing' })).resolve(open.reference)).digest).toBeDefined();
  const closed = await openGuarded({ scheme: 'basic', users });
  await expect((await clientWith({ credsStore: 'missing' })).resolve(closed.reference)).rejects.toThrow(
    /asked without credentials: docker-credential-missing failed \(ENOENT\)/,
  );
});
