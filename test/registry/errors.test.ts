/** Each failure of a registry is named with its request, its cause and its cure. */
import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { parseReference } from '../../src/oci/index.ts';
import { addHello, collect, openClient, openRegistry } from './setup.ts';

test('an unknown tag is named, with those that are there', async () => {
  const registry = await openRegistry();
  const { reference } = await addHello(registry);
  await expect(openClient().resolve({ ...reference, tag: 'nope' })).rejects.toMatchObject({
    code: 'MANIFEST_NOT_FOUND',
    status: 404,
    message: expect.stringContaining('has no tag "nope"'),
    hint: 'Take one of its tags: latest.',
  });
});

test('an unknown digest is named as such', async () => {
  const registry = await openRegistry();
  const { reference } = await addHello(registry);
  const digest = `sha256:${'0'.repeat(64)}` as never;
  await expect(openClient().fetchManifest(reference, digest)).rejects.toMatchObject({
    code: 'MANIFEST_NOT_FOUND',
    message: expect.stringContaining(`has no manifest ${digest}`),
  });
});

test('an unknown repository is told from an unknown tag', async () => {
  const registry = await openRegistry();
  await expect(openClient().resolve(parseReference(`${registry.host}/no/such:tag`))).rejects.toMatchObject({
    code: 'IMAGE_NOT_FOUND',
    message: expect.stringContaining('no repository "no/such"'),
  });
});

test.each([
  [401, 'REGISTRY_UNAUTHORIZED', 1],
  [403, 'REGISTRY_DENIED', 1],
  [400, 'REGISTRY_BAD_RESPONSE', 1],
  [418, 'REGISTRY_BAD_RESPONSE', 1],
  [429, 'REGISTRY_RATE_LIMITED', 4],
  [500, 'REGISTRY_SERVER_ERROR', 4],
  [503, 'REGISTRY_SERVER_ERROR', 4],
  [505, 'REGISTRY_SERVER_ERROR', 1],
] as const)('%i is %s after %i tries, in the words of the registry', async (status, code, tries) => {
  const body = JSON.stringify({ errors: [{ code: 'WHATEVER', message: 'in so many words' }] });
  const registry = await openRegistry({ faults: [{ status, body }] });
  const { reference, descriptor } = await addHello(registry);
  await expect(openClient().fetchManifest(reference, descriptor.digest)).rejects.toMatchObject({
    code,
    status,
    message: expect.stringContaining(
      `answered ${status} WHATEVER "in so many words" to GET ${registry.origin}/v2/library/hello/`,
    ),
  });
  expect(registry.count({ target: 'manifest' })).toBe(tries);
});

test('a registry that fails a few times is asked again, and says so meanwhile', async () => {
  const registry = await openRegistry({
    faults: [
      { status: 500, times: 2 },
      { status: 429, times: 3 },
    ],
  });
  const { reference, descriptor } = await addHello(registry);
  const client = openClient();
  expect((await client.resolve(reference)).digest).toBe(descriptor.digest);
  expect(client.events.map(({ kind, error }) => [kind, error.status])).toEqual([
    ['retry', 429],
    ['retry', 429],
    ['retry', 429],
  ]);
});

test('Retry-After is obeyed', async () => {
  const registry = await openRegistry({ faults: [{ status: 429, headers: { 'retry-after': '1' }, times: 1 }] });
  const { reference } = await addHello(registry);
  const client = openClient();
  await client.resolve(reference);
  expect(client.events.map(({ delay }) => delay)).toEqual([1000]);
});

test('who asks for a longer wait than we bear is told of at once', async () => {
  const registry = await openRegistry({ faults: [{ status: 429, headers: { 'retry-after': '3600' } }] });
  const { reference } = await addHello(registry);
  await expect(openClient().resolve(reference)).rejects.toMatchObject({
    code: 'REGISTRY_RATE_LIMITED',
    hint: 'Try again in 3600 seconds.',
  });
  expect(registry.count({ target: 'manifest' })).toBe(1);
});

test('an allowance that is used up is not waited for', async () => {
  const headers = { 'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': '0;w=21600' };
  const registry = await openRegistry({ faults: [{ status: 429, headers }] });
  const { reference } = await addHello(registry);
  await expect(openClient().resolve(reference)).rejects.toMatchObject({
    code: 'REGISTRY_RATE_LIMITED',
    message: expect.stringContaining('0 of 100 pulls left'),
    hint: expect.stringContaining('within 6 hours'),
  });
  expect(registry.count({ target: 'manifest' })).toBe(1);
});

test('the registry has its say on one line, bounded, and without tokens', async () => {
  const message = `\u001b[31mred\nbearer abcdefgh12345678 eyJhbGciOiJ.eyJzdWIi.c2ln ${'x'.repeat(5000)}`;
  const errors = Array.from({ length: 8 }, () => ({ code: 'DENIED', message }));
  const registry = await openRegistry({ faults: [{ status: 403, body: JSON.stringify({ errors }) }] });
  const { reference, descriptor } = await addHello(registry);
  const error = (await openClient()
    .fetchManifest(reference, descriptor.digest)
    .catch((error: unknown) => error)) as Error;
  expect(error.message).toContain('DENIED "[31mred bearer *** *** xxx');
  expect(error.message).not.toMatch(/\u001b|\n|abcdefgh|eyJ/);
  expect(error.message.length).toBeLessThan(1200);
});

test('a body that is no error document is left out', async () => {
  const registry = await openRegistry({ faults: [{ status: 403, body: '<html>{"errors"' }] });
  const { reference, descriptor } = await addHello(registry);
  const fetching = openClient().fetchManifest(reference, descriptor.digest);
  await expect(fetching).rejects.toThrow(/answered 403 to GET/);
});

test('nobody listening is REGISTRY_UNREACHABLE at once', async () => {
  const client = openClient();
  await expect(client.resolve(parseReference('127.0.0.1:1/a/b'))).rejects.toMatchObject({
    code: 'REGISTRY_UNREACHABLE',
    message: expect.stringContaining('ECONNREFUSED'),
  });
  expect(client.events).toEqual([]);
});

test('a name that does not resolve is REGISTRY_UNREACHABLE', async () => {
  await expect(openClient().resolve(parseReference('registry.invalid/a/b'))).rejects.toMatchObject({
    code: 'REGISTRY_UNREACHABLE',
    message: expect.stringMatching(/"registry\.invalid".*(?:ENOTFOUND|EAI_AGAIN)/),
    hint: expect.stringContaining('DNS'),
  });
});

test('a server that takes the connection and says nothing is given up', async () => {
  const registry = await openRegistry({ faults: [{ hang: true }] });
  const { reference } = await addHello(registry);
  const client = openClient({ timeouts: { answerMs: 100 }, retry: { attempts: 2, baseDelayMs: 1 } });
  await expect(client.resolve(reference)).rejects.toMatchObject({
    code: 'REGISTRY_CONNECTION_LOST',
    message: expect.stringContaining('no answer in time'),
  });
});

test('a server that speaks no HTTP is told so', async () => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined).on('data', () => socket.end('220 smtp.example.com\r\n'));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => void server.close());
  const { port } = server.address() as { port: number };
  await expect(openClient().resolve(parseReference(`127.0.0.1:${port}/a/b`))).rejects.toMatchObject({
    code: 'REGISTRY_BAD_RESPONSE',
    message: expect.stringContaining('not HTTP'),
  });
});

test('a closed client fails what it was fetching', async () => {
  const registry = await openRegistry({ faults: [{ stallAfter: 1000 }] });
  const blob = registry.addBlob(Buffer.alloc(100_000));
  const client = openClient({ retry: { attempts: 1 } });
  const fetching = collect(client.fetchBlob(parseReference(`${registry.host}/a/b`), blob));
  setTimeout(() => void client.close(), 50);
  await expect(fetching).rejects.toMatchObject({ code: 'REGISTRY_CONNECTION_LOST' });
});
