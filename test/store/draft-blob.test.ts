import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sha256Digest } from '../../src/oci/index.ts';
import { makeStore } from './content.ts';

async function* chunks(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

const digest = sha256Digest('onetwo');

test('keep() makes a blob of bytes whose digest nobody knew, and the lease keeps it', async () => {
  const { store, temporaries } = makeStore();
  await using lease = await store.lease();
  expect(await store.keep(chunks('one', 'two'), lease)).toEqual({ digest, size: 6 });
  await store.collectGarbage();
  expect(readFileSync(store.path(digest), 'utf8')).toBe('onetwo');
  expect(await store.keep(chunks('onetwo'), lease)).toEqual({ digest, size: 6 });
  await lease.release();
  expect(temporaries()).toEqual([]);
  await store.collectGarbage();
  expect(store.stat(digest)).toBeUndefined();
});

test('keep() leaves nothing of bytes that do not come to their end', async () => {
  const { store, temporaries } = makeStore();
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('one');
    throw new Error('the source broke');
  }
  {
    await using lease = await store.lease();
    await expect(store.keep(broken(), lease)).rejects.toThrow('the source broke');
  }
  expect(temporaries()).toEqual([]);
});

test('a draft whose writer was killed goes with the next lease, and one that is being written stays', async () => {
  const { root, store } = makeStore();
  const ingest = join(root, 'images', 'ingest');
  const drafts = () => readdirSync(ingest).filter((name) => name.startsWith('draft-'));
  await using lease = await store.lease();
  writeFileSync(join(ingest, 'draft-1-abandoned'), 'half');
  async function* slow(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('one');
    await using _other = await store.lease();
    expect(drafts()).toEqual([expect.stringMatching(new RegExp(`^draft-${process.pid}-`))]);
    yield Buffer.from('two');
  }
  expect((await store.keep(slow(), lease)).digest).toBe(digest);
  expect(drafts()).toEqual([]);
});
