import { expect, test } from 'vitest';
import { type Descriptor, parseReference, type Reference } from '../../src/oci/index.ts';
import type { Fault, TestRegistry } from '../support/registry/index.ts';
import { collect, openClient, openRegistry, pattern } from './setup.ts';

const size = 1_000_000;
const bytes = pattern(size);

async function openBlob(
  ...faults: Fault[]
): Promise<{ registry: TestRegistry; reference: Reference; blob: Descriptor }> {
  const registry = await openRegistry({ faults });
  const blob = registry.addBlob(bytes);
  return { registry, reference: parseReference(`${registry.host}/a/b`), blob };
}

function ranges(registry: TestRegistry): (string | undefined)[] {
  return registry.requests.filter(({ target }) => target === 'blob').map(({ range }) => range);
}

test('fetchBlob() yields the blob by one request, without Range', async () => {
  const { registry, reference, blob } = await openBlob();
  expect((await collect(openClient().fetchBlob(reference, blob))).equals(bytes)).toBe(true);
  expect(ranges(registry)).toEqual([undefined]);
});

test('fetchBlob() goes on at an offset by Range', async () => {
  const { registry, reference, blob } = await openBlob();
  const rest = await collect(openClient().fetchBlob(reference, blob, { offset: 999_990 }));
  expect(rest.equals(bytes.subarray(999_990))).toBe(true);
  expect(ranges(registry)).toEqual(['bytes=999990-']);
});

test('fetchBlob() asks for nothing where nothing is missing', async () => {
  const { registry, reference, blob } = await openBlob();
  expect(await collect(openClient().fetchBlob(reference, blob, { offset: size }))).toHaveLength(0);
  expect(registry.requests).toEqual([]);
});

test.each([
  ['a reset', { resetAfter: 300_000, times: 2 }],
  ['a body cut short', { truncateAfter: 300_000, times: 2 }],
  ['silence', { stallAfter: 300_000, times: 2 }],
] as const)('fetchBlob() goes on by Range after %s', async (_, fault) => {
  const { registry, reference, blob } = await openBlob(fault);
  const client = openClient();
  expect((await collect(client.fetchBlob(reference, blob))).equals(bytes)).toBe(true);
  expect(ranges(registry)).toEqual([undefined, 'bytes=300000-', 'bytes=600000-']);
  expect(client.events.map(({ digest, offset }) => [digest, offset])).toEqual([
    [blob.digest, 300_000],
    [blob.digest, 600_000],
  ]);
});

test('fetchBlob() bears any number of breaks as long as there is progress', async () => {
  const { registry, reference, blob } = await openBlob({ resetAfter: 100_000 });
  expect((await collect(openClient().fetchBlob(reference, blob))).equals(bytes)).toBe(true);
  expect(ranges(registry).length).toBe(10);
});

test('fetchBlob() gives up after some tries without a byte', async () => {
  const { registry, reference, blob } = await openBlob({ resetAfter: 0 });
  await expect(collect(openClient().fetchBlob(reference, blob))).rejects.toMatchObject({
    code: 'REGISTRY_CONNECTION_LOST',
  });
  expect(ranges(registry).length).toBe(4);
});

test('a server that ignores Range is borne: what is here already is dropped', async () => {
  const { registry, reference, blob } = await openBlob({ ignoreRange: true }, { resetAfter: 300_000, times: 1 });
  expect((await collect(openClient().fetchBlob(reference, blob))).equals(bytes)).toBe(true);
  expect(ranges(registry)).toEqual([undefined, 'bytes=300000-']);
});

test('a server that ignores Range and always breaks at the same byte is given up', async () => {
  const { registry, reference, blob } = await openBlob({ ignoreRange: true, resetAfter: 300_000 });
  await expect(collect(openClient().fetchBlob(reference, blob))).rejects.toMatchObject({
    code: 'REGISTRY_CONNECTION_LOST',
  });
  expect(ranges(registry).length).toBe(4);
});

test.each(['bytes 500000-999999/1000000', 'bytes 300000-', 'nonsense', undefined])(
  'a wrong Content-Range (%s) makes it ask for the whole',
  async (header) => {
    const { registry, reference, blob } = await openBlob();
    registry.fault({ resetAfter: 300_000, times: 1 });
    const client = openClient();
    const chunks: Uint8Array[] = [];
    for await (const chunk of client.fetchBlob(reference, blob)) {
      if (chunks.length === 0) registry.fault({ headers: { 'content-range': header }, times: 1 });
      chunks.push(chunk);
    }
    expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
    expect(ranges(registry)).toEqual([undefined, 'bytes=300000-', undefined]);
  },
);

test.each([
  ['BLOB_TOO_LONG', { extra: 1 }],
  ['BLOB_TOO_LONG', { extra: 1, chunked: true }],
  ['BLOB_TOO_SHORT', { short: size - 1 }],
  ['BLOB_TOO_SHORT', { short: size - 1, chunked: true }],
  ['BLOB_TOO_SHORT', { short: 0 }],
] as const)('%s is the word for a body with %o', async (code, fault) => {
  const { reference, blob } = await openBlob(fault);
  let received = 0;
  const fetching = (async () => {
    for await (const chunk of openClient().fetchBlob(reference, blob)) received += chunk.length;
  })();
  await expect(fetching).rejects.toMatchObject({ code, message: expect.stringContaining(`expected ${size}`) });
  expect(received).toBeLessThanOrEqual(size);
});

test('a descriptor with a wrong size is told so, both ways, whatever the offset', async () => {
  const { reference, blob } = await openBlob();
  const fetch = (wrong: number, offset: number) =>
    collect(openClient().fetchBlob(reference, { ...blob, size: wrong }, { offset }));
  await expect(fetch(size - 1, 0)).rejects.toMatchObject({ code: 'BLOB_TOO_LONG' });
  await expect(fetch(size - 1, 10)).rejects.toMatchObject({ code: 'BLOB_TOO_LONG' });
  await expect(fetch(size + 1, 0)).rejects.toMatchObject({ code: 'BLOB_TOO_SHORT' });
  await expect(fetch(size + 1, 10)).rejects.toMatchObject({ code: 'BLOB_TOO_SHORT' });
  await expect(fetch(size + 1, size)).rejects.toMatchObject({ code: 'BLOB_TOO_SHORT' });
});

test('a coded body is refused: its bytes are not the blob', async () => {
  const { reference, blob } = await openBlob({ headers: { 'content-encoding': 'gzip' } });
  await expect(collect(openClient().fetchBlob(reference, blob))).rejects.toThrow('encoded as "gzip"');
});

test('a slow drip is no stall', async () => {
  const registry = await openRegistry({ faults: [{ drip: { bytes: 10, everyMs: 20 } }] });
  const blob = registry.addBlob(pattern(400));
  const reference = parseReference(`${registry.host}/a/b`);
  const client = openClient();
  expect(await collect(client.fetchBlob(reference, blob))).toHaveLength(400);
  expect(client.events).toEqual([]);
});

test('a slow reader is no stall either, and holds the server back', async () => {
  const registry = await openRegistry();
  const large = pattern(40_000_000);
  const blob = registry.addBlob(large);
  const client = openClient();
  let received = 0;
  for await (const chunk of client.fetchBlob(parseReference(`${registry.host}/a/b`), blob)) {
    // Longer than the time in which a stalled server is given up.
    if (received === 0) await new Promise((awake) => setTimeout(awake, 900));
    received += chunk.length;
  }
  expect(received).toBe(large.length);
  expect(client.events).toEqual([]);
  expect(registry.count({ target: 'blob' })).toBe(1);
});

test('a registry that goes away in the middle is waited for', async () => {
  const { registry, reference, blob } = await openBlob({ stallAfter: 400_000 });
  let failures = 0;
  const onEvent = async () => {
    if (++failures !== 2) return;
    const again = await openRegistry({ port: Number(registry.host.split(':')[1]) });
    again.addBlob(bytes);
  };
  const client = openClient({ onEvent, retry: { baseDelayMs: 300, maxDelayMs: 300, attempts: 20 } });
  const chunks: Uint8Array[] = [];
  for await (const chunk of client.fetchBlob(reference, blob)) {
    if (chunks.length === 0) await registry.close();
    chunks.push(chunk);
  }
  expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
  expect(failures).toBeGreaterThanOrEqual(2);
});

test('an unknown blob is BLOB_NOT_FOUND at once', async () => {
  const { registry, reference, blob } = await openBlob({ status: 404 });
  await expect(collect(openClient().fetchBlob(reference, blob))).rejects.toMatchObject({ code: 'BLOB_NOT_FOUND' });
  expect(ranges(registry).length).toBe(1);
});

test('an aborted signal ends the stream with its own reason', async () => {
  const { reference, blob } = await openBlob({ stallAfter: 1000 });
  const controller = new AbortController();
  setTimeout(() => controller.abort(new Error('enough')), 50);
  await expect(collect(openClient().fetchBlob(reference, blob, { signal: controller.signal }))).rejects.toThrow(
    'enough',
  );
});

test('an aborted signal ends the wait before the next try', async () => {
  const { reference, blob } = await openBlob({ status: 503, headers: { 'retry-after': '1' } });
  const controller = new AbortController();
  const client = openClient({ onEvent: () => controller.abort(new Error('enough')) });
  await expect(collect(client.fetchBlob(reference, blob, { signal: controller.signal }))).rejects.toThrow('enough');
});

test('who stops to read ends the request', async () => {
  const { registry, reference, blob } = await openBlob({ stallAfter: 100_000 });
  for await (const _ of openClient().fetchBlob(reference, blob)) break;
  expect(registry.count({ target: 'blob' })).toBe(1);
});

test('sixteen blobs at once come whole through resets', async () => {
  const { registry, reference } = await openBlob({ resetAfter: 400_000, times: 16 });
  const blobs = Array.from({ length: 16 }, (_, n) => pattern(1_000_000 + n * 4));
  const client = openClient();
  const fetched = await Promise.all(blobs.map((blob) => collect(client.fetchBlob(reference, registry.addBlob(blob)))));
  expect(fetched.every((blob, n) => blob.equals(blobs[n] ?? Buffer.alloc(0)))).toBe(true);
});
