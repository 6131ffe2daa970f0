import { expect, test } from 'vitest';
import { parseReference } from '../../src/oci/index.ts';
import { addHello, openClient, openRegistry, pattern } from './setup.ts';
import { writeFiles } from './setup-config.ts';

async function confWith(location: string, mirrors: readonly string[]): Promise<string> {
  const tables = mirrors.map((mirror) => `[[registry.mirror]]\nlocation = "${mirror}"\n`);
  const directory = await writeFiles({ 'r.conf': `[[registry]]\nlocation = "${location}"\n${tables.join('')}` });
  return `${directory}/r.conf`;
}

test('Docker Hub can be served by a mirror on loopback', async () => {
  const mirror = await openRegistry();
  const { descriptor } = await addHello(mirror);
  const client = openClient({ registriesConf: await confWith('docker.io', [mirror.host]) });
  const reference = parseReference('hello');
  expect((await client.resolve(reference)).digest).toBe(descriptor.digest);
  expect((await client.fetchManifest(reference, descriptor.digest)).digest).toBe(descriptor.digest);
  expect(client.events).toEqual([]);
});

test.each([
  ['does not have it', { status: 404 }],
  ['fails', { status: 500 }],
  ['denies', { status: 403 }],
  ['serves altered content', { method: 'GET', corruptAt: 1 }],
] as const)('where a mirror %s, the registry is asked', async (_, fault) => {
  const mirror = await openRegistry({ faults: [fault] });
  await addHello(mirror);
  const registry = await openRegistry();
  const { reference, descriptor } = await addHello(registry);
  const client = openClient({ registriesConf: await confWith(registry.host, [mirror.host]) });
  expect((await client.fetchManifest(reference, descriptor.digest)).digest).toBe(descriptor.digest);
  expect(client.events.at(-1)).toMatchObject({ kind: 'retry', delay: 0 });
});

test('a mirror that fails is asked twice, not for ever', async () => {
  const mirror = await openRegistry({ faults: [{ status: 500 }] });
  const registry = await openRegistry();
  const { reference } = await addHello(registry);
  await openClient({ registriesConf: await confWith(registry.host, [mirror.host]) }).resolve(reference);
  expect(mirror.count({ target: 'manifest' })).toBe(2);
});

test('a mirror that is down is asked once', async () => {
  const registry = await openRegistry();
  const { reference, descriptor } = await addHello(registry);
  const client = openClient({ registriesConf: await confWith(registry.host, ['127.0.0.1:1']) });
  await client.resolve(reference);
  await client.fetchManifest(reference, descriptor.digest);
  expect(client.events.map(({ error }) => error.code)).toEqual(['REGISTRY_UNREACHABLE']);
});

test('a blob begun at a mirror is ended by the registry', async () => {
  const bytes = pattern(1_000_000);
  const mirror = await openRegistry();
  const registry = await openRegistry();
  const blob = registry.addBlob(bytes);
  mirror.addBlob(bytes);
  mirror.fault({ resetAfter: 400_000, times: 1 });
  const client = openClient({ registriesConf: await confWith(registry.host, [mirror.host]) });
  const chunks: Uint8Array[] = [];
  for await (const chunk of client.fetchBlob(parseReference(`${registry.host}/a/b`), blob)) {
    if (chunks.length === 0) mirror.removeBlob(blob.digest);
    chunks.push(chunk);
  }
  expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
  expect(registry.requests.map(({ range }) => range).at(-1)).toBe('bytes=400000-');
});

test('where all fail, the registry speaks and its mirrors are told beside it', async () => {
  const mirror = await openRegistry();
  const client = openClient({ registriesConf: await confWith('127.0.0.1:1', [mirror.host]) });
  await expect(client.resolve(parseReference('127.0.0.1:1/a/b'))).rejects.toMatchObject({
    code: 'REGISTRY_UNREACHABLE',
    message: expect.stringMatching(/127\.0\.0\.1:1.*ECONNREFUSED.*; mirror .* answered 404/),
  });
});
