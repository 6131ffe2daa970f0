/** The network commands: what they ask of the engine, and how they print it. */
import { expect, test } from 'vitest';
import type { NetworkDetails } from '../../src/engine/index.ts';
import { GockerError } from '../../src/errors/index.ts';
import { gocker } from './fake-engine.ts';

const web: NetworkDetails = {
  Name: 'web',
  Id: '44a35cfcd5b3'.padEnd(64, '9'),
  Created: '2025-01-30T12:00:00.000Z',
  Scope: 'local',
  Driver: 'bridge',
  EnableIPv4: true,
  EnableIPv6: true,
  IPAM: { Driver: 'default', Options: {}, Config: [{ Subnet: '10.14.0.0/24', Gateway: '10.14.0.1' }] },
  Internal: true,
  Attachable: false,
  Ingress: false,
  ConfigFrom: { Network: '' },
  ConfigOnly: false,
  Containers: {
    c1: { Name: 'one', EndpointID: 'e1', MacAddress: '02:00', IPv4Address: '10.14.0.2/24', IPv6Address: '' },
  },
  Options: { mtu: '1400' },
  Labels: { x: 'y', 'com.example.long-name': '' },
};
const none: NetworkDetails = {
  ...web,
  Name: 'none',
  Id: '2c5c20192e3e'.padEnd(64, '1'),
  Driver: 'null',
  EnableIPv6: false,
  Internal: false,
  Labels: {},
};

test('network create hands on what is asked for, several subnets after one flag too, and prints the id', async () => {
  const asked: unknown[] = [];
  const createNetwork = async (options: unknown) => {
    asked.push(options);
    return web.Id;
  };
  const flags = '--subnet 10.14.0.0/24,fd00::/64 --gateway 10.14.0.9 --ip-range 10.14.0.128/25 --internal --ipv6';
  const more = '-d bridge --label x=y --label z -o mtu=1400';
  const outcome = await gocker(['network', 'create', ...flags.split(' '), ...more.split(' '), 'web'], {
    createNetwork,
  });
  expect(outcome).toMatchObject({ exitCode: 0, stdout: `${web.Id}\n`, stderr: '' });
  await gocker(['network', 'create', 'plain'], { createNetwork });
  const nothing = { subnets: [], gateways: [], ipRanges: [], internal: false, ipv6: false, labels: {}, options: {} };
  expect(asked).toEqual([
    {
      name: 'web',
      driver: 'bridge',
      subnets: ['10.14.0.0/24', 'fd00::/64'],
      gateways: ['10.14.0.9'],
      ipRanges: ['10.14.0.128/25'],
      internal: true,
      ipv6: true,
      labels: { x: 'y', z: '' },
      options: { mtu: '1400' },
    },
    { name: 'plain', ...nothing },
  ]);
});

test.each([
  [['network', 'create']],
  [['network', 'create', 'a', 'b']],
  [['network', 'create', '-q', 'a']],
  [['network', 'rm']],
  [['network', 'ls', 'a']],
])('%j is no way to call it', async (argv) => {
  const { exitCode, opened } = await gocker(argv);
  expect(exitCode).not.toBe(0);
  expect(opened).toEqual([]);
});

test('network ls shows ids, names, drivers and scopes', async () => {
  const networks = async () => [none, web];
  expect((await gocker(['network', 'ls'], { networks })).stdout).toBe(
    [
      'NETWORK ID     NAME      DRIVER    SCOPE',
      '2c5c20192e3e   none      null      local',
      '44a35cfcd5b3   web       bridge    local',
      '',
    ].join('\n'),
  );
  expect((await gocker(['network', 'list', '-q'], { networks })).stdout).toBe('2c5c20192e3e\n44a35cfcd5b3\n');
  expect((await gocker(['network', 'ls', '-q', '--no-trunc'], { networks })).stdout).toBe(`${none.Id}\n${web.Id}\n`);
});

test('network ls --format has the fields of docker, all of them texts', async () => {
  const networks = async () => [web];
  const json = (await gocker(['network', 'ls', '--format', 'json'], { networks })).stdout;
  expect(json).toMatch(/"Driver":"bridge","ID":"44a35cfcd5b3","IPv4":"true","IPv6":"true","Internal":"true",/);
  expect(JSON.parse(json)).toMatchObject({ Labels: 'x=y,com.example.long-name=', Name: 'web', Scope: 'local' });
  const format = 'table {{.Name}} {{.IPv6}} {{.Label "x"}} {{.Label "toString"}}|{{.Label "com.example.long-name"}}';
  expect((await gocker(['network', 'ls', '--format', format], { networks })).stdout).toMatch(
    /^NAME IPV6 x toString\|long name\s*\nweb true y \|\s*\n$/,
  );
});

test('network ls --filter asks for what it says', async () => {
  const asked: unknown[] = [];
  const networks = async (filters: unknown) => {
    asked.push(filters);
    return [];
  };
  const filters = ['dangling=1', 'driver=bridge', 'id=4', 'label=a', 'label=b=c', 'name=w', 'scope=local'];
  const flags = [...filters, 'type=custom'].flatMap((filter) => ['-f', filter]);
  await gocker(['network', 'ls', ...flags], { networks });
  expect(asked).toEqual([
    {
      dangling: true,
      drivers: ['bridge'],
      ids: ['4'],
      labels: ['a', 'b=c'],
      names: ['w'],
      scopes: ['local'],
      types: ['custom'],
    },
  ]);
  for (const filter of ['dangling=maybe', 'type=x', 'nonsense=x', 'toString=x', 'driver']) {
    const { exitCode, stderr } = await gocker(['network', 'ls', '-f', filter], { networks });
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain(`invalid filter "${filter}" (expected dangling=true|false, driver=`);
  }
  expect(asked).toHaveLength(1);
});

test('network inspect prints what it finds, by a template too, and names what it does not', async () => {
  const inspectNetwork = async (name: string) => {
    if (name === 'web') return web;
    throw new GockerError('NETWORK_NOT_FOUND', `network ${name} not found`);
  };
  const outcome = await gocker(['network', 'inspect', 'nope', 'web'], { inspectNetwork });
  expect(outcome).toMatchObject({ exitCode: 1, stderr: 'gocker: network nope not found\n' });
  expect(JSON.parse(outcome.stdout)).toEqual([web]);
  const format =
    '{{.ID}} {{.Id}} {{.Labels.x}} {{range .IPAM.Config}}{{.Gateway}}{{end}} {{range .Containers}}{{.Name}}{{end}}';
  const formatted = await gocker(['network', 'inspect', '-f', format, 'web'], { inspectNetwork });
  expect(formatted.stdout).toBe(`${web.Id} ${web.Id} y 10.14.0.1 one\n`);
  expect((await gocker(['network', 'inspect', '-f', '{{json .}}', 'web'], { inspectNetwork })).stdout).toBe(
    `${JSON.stringify(web)}\n`,
  );
});

test('inspect finds networks after images and before volumes', async () => {
  const missing = async (name: string): Promise<never> => {
    throw new GockerError('CONTAINER_NOT_FOUND', `no ${name}`);
  };
  const inspectVolume = async (): Promise<never> => expect.unreachable();
  const methods = { inspectContainer: missing, inspectImage: missing, inspectNetwork: async () => web, inspectVolume };
  expect((await gocker(['inspect', '-f', '{{.Name}} {{.ID}}', 'web'], methods)).stdout).toBe(`web ${web.Id}\n`);
  expect(JSON.parse((await gocker(['inspect', 'web'], methods)).stdout)).toEqual([web]);
  expect((await gocker(['inspect', '--type', 'network', 'web'], { inspectNetwork: async () => web })).exitCode).toBe(0);
});

test('network rm goes on after one that fails, and says nothing of a missing one with -f', async () => {
  const asked: unknown[] = [];
  const removeNetwork = async (name: string, options: { readonly force?: boolean } = {}) => {
    asked.push([name, options.force]);
    if (name === 'busy') throw new GockerError('NETWORK_IN_USE', 'network busy has active endpoints');
    return name !== 'nope';
  };
  expect(await gocker(['network', 'rm', 'a', 'busy', 'b'], { removeNetwork })).toMatchObject({
    exitCode: 1,
    stdout: 'a\nb\n',
    stderr: 'gocker: network busy has active endpoints\n',
  });
  expect(await gocker(['network', 'remove', '-f', 'nope'], { removeNetwork })).toMatchObject({
    exitCode: 0,
    stdout: '',
    stderr: '',
  });
  expect(asked).toEqual([
    ['a', false],
    ['busy', false],
    ['b', false],
    ['nope', true],
  ]);
});

test('network prune tells which are gone, and nothing where none is', async () => {
  const asked: unknown[] = [];
  const pruneNetworks = async (options: unknown) => {
    asked.push(options);
    return asked.length === 1 ? ['a', 'b'] : [];
  };
  let mended = 0;
  const methods = {
    pruneNetworks,
    mendNetworks: async () => {
      mended += 1;
    },
  };
  const filters = ['--filter', 'until=24h', '--filter', 'label!=keep'];
  expect((await gocker(['network', 'prune', '-f', ...filters], methods)).stdout).toBe('Deleted Networks:\na\nb\n\n');
  expect((await gocker(['network', 'prune', '--force'], methods)).stdout).toBe('');
  expect(mended).toBe(2);
  expect(asked).toEqual([{ until: '24h', labelsNot: ['keep'] }, {}]);
  expect(await gocker(['network', 'prune', '-f', '--filter', 'foo=bar'], methods)).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining("invalid filter 'foo'"),
  });
});

test('events of networks are printed with their names, and no keys that docker gave up', async () => {
  const event = {
    Type: 'network',
    Action: 'connect',
    Actor: { ID: web.Id, Attributes: { container: 'c1', name: 'web', type: 'bridge' } },
    scope: 'local',
    time: 1,
    timeNano: 1_000_000_000,
  } as const;
  const events = async function* () {
    yield event;
  };
  const text = (await gocker(['events', '--filter', 'network=web'], { events })).stdout;
  expect(text).toMatch(/ network connect 44a35cfcd5b39+ \(container=c1, name=web, type=bridge\)\n$/);
  expect(JSON.parse((await gocker(['events', '--format', 'json'], { events })).stdout)).toEqual(event);
});
