/** Networks from their making to their removal: what the kernel has of them meanwhile, and what the journal tells. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addresses, canMakeLayout, NetworkLayout } from '../support/network-layout.ts';
import { alpine, cli, Host } from './host.ts';

const canRun = alpine !== undefined && canMakeLayout;
if (!canRun) console.warn('skipped: networks need root, iproute2, util-linux and ../shared');

describe.skipIf(!canRun)('the life of networks (root, iproute2, ../shared)', () => {
  let layout: NetworkLayout;
  let host: Host;

  beforeAll(async () => {
    layout = await NetworkLayout.make();
    host = await Host.withAlpine(layout.host);
  });

  afterAll(async () => {
    await host.ok(['system', 'prune', '-f']);
    expect(layout.in(layout.host, 'nft', 'list', 'ruleset')).not.toContain('gocker');
    expect(bridges()).toEqual([]);
    layout.close();
    host.close();
  });

  const bridges = () => layout.in(layout.host, 'ip', '-br', 'link').match(/^gk-\S+/gm) ?? [];
  /** Bridges that our rules speak of. */
  const ruled = () => [...new Set(layout.in(layout.host, 'nft', 'list', 'ruleset').match(/gk-[0-9a-f]{12}/g) ?? [])];
  const create = async (...args: string[]) => `gk-${(await host.ok(['network', 'create', ...args])).slice(0, 12)}`;

  test('rm takes bridge and rules of a network, of one that never had a container too, and leaves those of others', async () => {
    const [used, unused, other] = [await create('used'), await create('unused'), await create('other')];
    expect(bridges()).toEqual([]);
    await host.ok(['run', '--rm', '--network', 'used', 'alpine', 'true']);
    await host.ok(['run', '--rm', '--network', 'other', 'alpine', 'true']);
    expect(bridges().sort()).toEqual([used, other].sort());
    expect(ruled().sort()).toEqual([used, unused, other].sort());
    expect(await host.ok(['network', 'rm', 'used', 'unused'])).toBe('used\nunused\n');
    expect(bridges()).toEqual([other]);
    expect(ruled()).toEqual([other]);
    await host.ok(['network', 'rm', 'other']);
    expect([bridges(), ruled()]).toEqual([[], []]);
  });

  test('who may not touch the kernel’s networks makes and removes those that it has nothing of, and no others', async () => {
    const weakly = (...args: string[]) => {
      const drop = ['setpriv', '--bounding-set', '-net_admin', '--inh-caps', '-net_admin', '--'];
      const argv = [`--net=/proc/${layout.host}/ns/net`, '--', ...drop, process.execPath, cli, ...args];
      return spawnSync('nsenter', argv, { encoding: 'utf8', env: host.env as NodeJS.ProcessEnv });
    };
    expect(weakly('network', 'create', 'weak')).toMatchObject({ status: 0 });
    expect(weakly('network', 'rm', 'weak')).toMatchObject({ status: 0, stdout: 'weak\n' });
    expect(weakly('system', 'prune', '-f')).toMatchObject({ status: 0, stderr: '' });
    const bridge = await create('strong');
    await host.ok(['run', '--rm', '--network', 'strong', 'alpine', 'true']);
    expect(weakly('network', 'rm', 'strong')).toMatchObject({ status: 1, stderr: expect.stringContaining('EPERM') });
    expect(bridges()).toEqual([bridge]);
    await host.ok(['network', 'rm', 'strong']);
  });

  test('an interface that somebody else has made under the bridge’s name is no bridge of ours, and stays', async () => {
    const option = 'com.docker.network.bridge.name=br-mine';
    await host.ok(['network', 'create', '-o', option, 'named']);
    await host.ok(['run', '--rm', '--network', 'named', 'alpine', 'true']);
    layout.in(layout.host, 'ip', 'link', 'delete', 'br-mine');
    layout.in(layout.host, 'ip', 'link', 'add', 'br-mine', 'up', 'type', 'bridge');
    const refused = await host.gocker(['run', '--rm', '--network', 'named', 'alpine', 'true']);
    expect(refused).toMatchObject({ exitCode: 125, stderr: expect.stringContaining('that is not its bridge') });
    expect(await host.remains()).toEqual([]);
    await host.ok(['network', 'rm', 'named']);
    expect((await host.gocker(['network', 'create', '-o', option, 'again'])).stderr).toContain(
      'an interface "br-mine" exists already',
    );
    layout.in(layout.host, 'ip', 'link', 'delete', 'br-mine');
  });

  test('the way out is through the first network that has one', async () => {
    await create('--internal', 'inner');
    await create('outer');
    const flags = ['--network', 'inner', '--network', 'outer'];
    const routes = await host.ok(['run', '--rm', ...flags, 'alpine', 'ip', 'route']);
    expect(routes).toMatch(/^default via \S+ dev eth1/m);
    const ping = ['ping', '-c', '1', '-W', '2', addresses.outside];
    expect((await host.gocker(['run', '--rm', ...flags, 'alpine', ...ping])).exitCode).toBe(0);
    await host.ok(['network', 'rm', 'inner', 'outer']);
  });

  test('the way out moves on when a container leaves the network that it led through', async () => {
    for (const name of ['first', 'second']) await create(name);
    await host.ok(['run', '-d', '--name', 'mover', '--network', 'first', 'alpine', 'sleep', '300']);
    const route = async () => (await host.ok(['exec', 'mover', 'ip', 'route'])).match(/^default .* dev (\S+)/m)?.[1];
    await host.ok(['network', 'connect', 'second', 'mover']);
    expect(await route()).toBe('eth0');
    await host.ok(['network', 'disconnect', 'first', 'mover']);
    expect(await route()).toBe('eth1');
    expect((await host.gocker(['exec', 'mover', 'ping', '-c', '1', '-W', '2', addresses.outside])).exitCode).toBe(0);
    await host.ok(['network', 'disconnect', 'second', 'mover']);
    expect(await route()).toBeUndefined();
    await host.ok(['network', 'connect', 'first', 'mover']);
    expect(await route()).toBe('eth0');
    await host.ok(['rm', '-f', 'mover']);
    await host.ok(['network', 'rm', 'first', 'second']);
  });

  test('a network with IPv6 has it where new interfaces have none by themselves', async () => {
    const byDefault = (value: 0 | 1) =>
      layout.in(layout.host, 'sh', '-c', `echo ${value} >/proc/sys/net/ipv6/conf/default/disable_ipv6`);
    await create('--ipv6', '--subnet', 'fd00:6::/64', 'six');
    byDefault(1);
    try {
      const shown = await host.ok(['run', '--rm', '--network', 'six', 'alpine', 'ip', '-6', 'addr', 'show', 'eth0']);
      expect(shown).toContain('inet6 fd00:6::2/64');
    } finally {
      byDefault(0);
    }
    await host.ok(['network', 'rm', 'six']);
  });

  test('a bridge that the kernel refuses an address is not left behind', async () => {
    const bridge = await create('odd');
    const id = (await host.ok(['network', 'inspect', '-f', '{{.Id}}', 'odd'])).trim();
    const path = `${host.root}/networks/${id}.json`;
    const record = JSON.parse(readFileSync(path, 'utf8')) as { subnets: object[] };
    // An address of a group is nobody's: after it the bridge is brought up all the same.
    const subnets = [...record.subnets, { subnet: 'ff02::/64', gateway: 'ff02::5' }];
    writeFileSync(path, JSON.stringify({ ...record, ipv6: true, subnets }));
    expect((await host.gocker(['run', '--rm', '--network', 'odd', 'alpine', 'true'])).exitCode).toBe(125);
    expect(bridges()).not.toContain(bridge);
    await host.ok(['network', 'rm', 'odd']);
  });

  test('events tell of networks that come and go, and of containers that come to them and go', async () => {
    const since = `${Date.now() / 1000}`;
    await create('told');
    const id = (await host.ok(['run', '-d', '--name', 'guest', '--network', 'told', 'alpine', 'sleep', '300'])).trim();
    await host.ok(['rm', '-f', 'guest']);
    await host.ok(['network', 'rm', 'told']);
    const flags = ['--since', since, '--until', '0s', '--filter', 'type=network', '--filter', 'network=told'];
    const format = '{{.Action}} {{.Actor.Attributes.name}} {{.Actor.Attributes.type}} {{.Actor.Attributes.container}}';
    const told = await host.ok(['events', ...flags, '--format', format]);
    expect(told.trim().split('\n')).toEqual([
      'create told bridge <no value>',
      `connect told bridge ${id}`,
      `disconnect told bridge ${id}`,
      'destroy told bridge <no value>',
    ]);
  });
});
