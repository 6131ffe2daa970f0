/** Networks on disk: made, found, listed. Of the kernel only routes are read. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { EngineContext } from '../../../src/engine/context.ts';
import { createNetwork } from '../../../src/engine/networks/create-network.ts';
import { inspectNetwork, listNetworks } from '../../../src/engine/networks/list-networks.ts';
import { NetworkStore } from '../../../src/engine/networks/network-store.ts';

let root: string;
let context: EngineContext;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'gocker-networks-'));
  context = new EngineContext({ root, run: join(root, 'run'), env: {} });
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

const refused = (code: string, words: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(words) });

test('a network that is made is found by its name, its id and the beginning of that', async () => {
  const id = await createNetwork(context, { name: 'web', subnets: ['198.18.4.0/24'], labels: { a: 'b' } });
  expect(id).toMatch(/^[0-9a-f]{64}$/);
  for (const text of ['web', id, id.slice(0, 12)]) {
    expect(await inspectNetwork(context, text)).toMatchObject({
      Id: id,
      Name: 'web',
      EnableIPv6: false,
      IPAM: { Config: [{ Subnet: '198.18.4.0/24', Gateway: '198.18.4.1' }] },
      Labels: { a: 'b' },
    });
  }
  expect(new NetworkStore(root).get(id)?.bridge).toBe(`gk-${id.slice(0, 12)}`);
  await expect(inspectNetwork(context, 'we')).rejects.toThrow(refused('NETWORK_NOT_FOUND', 'network we not found'));
  await expect(inspectNetwork(context, '')).rejects.toThrow(refused('NETWORK_NOT_FOUND', 'cannot inspect network ""'));
});

test('a name that is an id goes to the one with the id', async () => {
  const id = await createNetwork(context, { name: 'web' });
  await createNetwork(context, { name: id });
  expect(await inspectNetwork(context, id)).toMatchObject({ Name: 'web' });
  expect(new NetworkStore(root).find(id)?.name).toBe('web');
});

test('networks that nobody made are there from the first, and are the same ones the next time', async () => {
  const first = await listNetworks(context);
  expect(first.map(({ Name, Driver }) => `${Name} ${Driver}`)).toEqual(['bridge bridge', 'host host', 'none null']);
  expect(await listNetworks(context)).toEqual(first);
  expect(new Set(first.map(({ Id }) => Id)).size).toBe(3);
});

test('subnets that are chosen keep clear of one another and of the default network', async () => {
  for (const name of ['a', 'b', 'c']) await createNetwork(context, { name, ipv6: name === 'c' });
  const networks = await listNetworks(context, { drivers: ['bridge'] });
  expect(networks.map(({ Name }) => Name)).toEqual(['a', 'b', 'bridge', 'c']);
  const subnets = networks.flatMap(({ IPAM }) => IPAM.Config?.map(({ Subnet }) => Subnet) ?? []);
  expect(new Set(subnets).size).toBe(5);
  expect(subnets.at(-1)).toMatch(/^fd[0-9a-f:]+::\/64$/);
  await expect(createNetwork(context, { name: 'd', subnets: [subnets[0] ?? ''] })).rejects.toThrow(
    refused('SUBNET_OVERLAPS', 'with network "a"'),
  );
});

test('an IPv6 subnet asks for IPv6, and IPv4 is there all the same', async () => {
  await createNetwork(context, { name: 'six', subnets: ['2001:db8:4::/64'] });
  const { EnableIPv6, IPAM } = await inspectNetwork(context, 'six');
  expect(EnableIPv6).toBe(true);
  expect(IPAM.Config?.map(({ Gateway }) => Gateway)).toEqual([expect.stringMatching(/\.1$/), '2001:db8:4::1']);
});

test.each([
  [{ name: 'bridge' }, 'NETWORK_PREDEFINED', 'operation is not permitted on predefined bridge network'],
  [{ name: 'host' }, 'NETWORK_PREDEFINED', 'predefined host network'],
  [{ name: 'none' }, 'NETWORK_PREDEFINED', 'predefined none network'],
  [{ name: 'default' }, 'NETWORK_PREDEFINED', 'predefined default network'],
  [{ name: '' }, 'NETWORK_NAME_INVALID', 'invalid name: name is empty'],
  [{ name: 'container:x' }, 'NETWORK_NAME_INVALID', '"container:x"'],
  [{ name: 'a/../b' }, 'NETWORK_NAME_INVALID', '"a/../b"'],
  [{ name: 'a\u001b[31m' }, 'NETWORK_NAME_INVALID', '"a\\u001b[31m"'],
  [{ name: 'x', driver: 'macvlan' }, 'NETWORK_DRIVER_UNKNOWN', 'plugin "macvlan" not found (expected bridge)'],
  [{ name: 'x', driver: 'host' }, 'NETWORK_DRIVER_UNKNOWN', 'only one instance of "host" network is allowed'],
  [{ name: 'x', options: { foo: '1' } }, 'NETWORK_OPTION_INVALID', 'invalid option "foo"'],
  [{ name: 'x', subnets: ['nonsense'] }, 'SUBNET_INVALID', 'invalid subnet nonsense'],
])('createNetwork() refuses %j, and nothing of it is left', async (options, code, words) => {
  await expect(createNetwork(context, options)).rejects.toThrow(refused(code, words));
  expect((await listNetworks(context)).map(({ Name }) => Name)).toEqual(['bridge', 'host', 'none']);
});

test('of several that make one network at once, one does', async () => {
  const made = await Promise.allSettled(Array.from({ length: 5 }, () => createNetwork(context, { name: 'web' })));
  expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const one of made) {
    if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'NETWORK_EXISTS' });
  }
  expect((await listNetworks(context)).map(({ Name }) => Name)).toEqual(['bridge', 'host', 'none', 'web']);
});

test('what a killed gocker left of a file counts for nothing and goes; a broken one is named', async () => {
  await createNetwork(context, { name: 'web' });
  const folder = join(root, 'networks');
  mkdirSync(join(folder, '.new'), { recursive: true });
  writeFileSync(join(folder, '.new', 'half'), '{"id":');
  writeFileSync(join(folder, 'notes.txt'), 'mine');
  expect((await listNetworks(context)).map(({ Name }) => Name)).toEqual(['bridge', 'host', 'none', 'web']);
  await createNetwork(context, { name: 'other' });
  expect(existsSync(join(folder, '.new', 'half'))).toBe(false);

  const broken = `${'e'.repeat(64)}.json`;
  writeFileSync(join(folder, broken), '{"id":');
  await expect(listNetworks(context)).rejects.toThrow(refused('NETWORK_BROKEN', broken));
  expect(readdirSync(folder)).toContain(broken);
});
