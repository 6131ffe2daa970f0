import { expect, test } from 'vitest';
import { detailsOf, predefinedDetails } from '../../../src/engine/networks/details.ts';
import { isToBePruned, matchesNetwork } from '../../../src/engine/networks/match-networks.ts';
import type { Member } from '../../../src/engine/networks/member.ts';
import type { NetworkRecord } from '../../../src/engine/networks/network-record.ts';
import type { NetworkFilters, PruneNetworksOptions } from '../../../src/engine/options/network-options.ts';

const web: NetworkRecord = {
  id: 'abc'.padEnd(64, '0'),
  name: 'web',
  created: '2025-01-01T00:00:00.000Z',
  bridge: 'gk-abc000000000',
  subnets: [
    { subnet: '10.14.0.0/24', gateway: '10.14.0.9', range: '10.14.0.128/25' },
    { subnet: 'fd00:2::/64', gateway: 'fd00:2::1' },
  ],
  internal: true,
  ipv6: true,
  mtu: 1400,
  labels: { tier: 'front', empty: '' },
  options: { mtu: '1400' },
};

const member: Member = {
  id: 'c1',
  name: 'one',
  process: { pid: 1, startTime: 1 },
  endpoints: [
    {
      id: 'e1',
      network: web.id,
      interface: 'eth0',
      hostInterface: 'gk1',
      mac: '02:ab:0a:0e:00:80',
      addresses: ['10.14.0.128/24', 'fd00:2::2/64'],
      names: ['one'],
    },
    {
      id: 'e2',
      network: 'other',
      interface: 'eth1',
      hostInterface: 'gk2',
      mac: '02:00:00:00:00:00',
      addresses: ['10.15.0.2/24'],
      names: ['one'],
    },
  ],
  ports: [],
};

test('detailsOf() has keys in the order of docker, and of containers those that are on it', () => {
  const details = detailsOf(web, [member, { ...member, id: 'c2', endpoints: member.endpoints.slice(1) }]);
  expect(Object.keys(details).join()).toBe(
    'Name,Id,Created,Scope,Driver,EnableIPv4,EnableIPv6,IPAM,Internal,Attachable,Ingress,ConfigFrom,ConfigOnly,Containers,Options,Labels',
  );
  expect(details).toMatchObject({
    Driver: 'bridge',
    EnableIPv6: true,
    Internal: true,
    IPAM: {
      Driver: 'default',
      Options: {},
      Config: [
        { Subnet: '10.14.0.0/24', IPRange: '10.14.0.128/25', Gateway: '10.14.0.9' },
        { Subnet: 'fd00:2::/64', Gateway: 'fd00:2::1' },
      ],
    },
    Options: { mtu: '1400' },
    Labels: { tier: 'front', empty: '' },
  });
  expect(details.Containers).toEqual({
    c1: {
      Name: 'one',
      EndpointID: 'e1',
      MacAddress: '02:ab:0a:0e:00:80',
      IPv4Address: '10.14.0.128/24',
      IPv6Address: 'fd00:2::2/64',
    },
  });
});

test('detailsOf() shows of the default network what its bridge is called', () => {
  const details = detailsOf({ ...web, name: 'bridge', bridge: 'gocker0' }, []);
  expect(details.Options).toMatchObject({
    'com.docker.network.bridge.default_bridge': 'true',
    'com.docker.network.bridge.name': 'gocker0',
  });
  expect(details.IPAM.Options).toBeNull();
});

const [none, host] = (['none', 'host'] as const).map((name) =>
  predefinedDetails({ name, id: name.repeat(16), created: web.created, containers: [{ id: 'c3', name: 'three' }] }),
);

test('predefinedDetails() has no subnets, and containers without addresses', () => {
  expect(none).toMatchObject({ Driver: 'null', IPAM: { Options: null, Config: null } });
  expect(host).toMatchObject({ Driver: 'host', Containers: { c3: { Name: 'three', IPv4Address: '' } } });
});

/** Of ids. */
const used = new Set([web.id]);

const all = [
  detailsOf(web, [member]),
  detailsOf({ ...web, name: 'idle', id: 'd'.repeat(64), labels: {} }, []),
  none,
  host,
];

test.each<[NetworkFilters, string]>([
  [{}, 'web idle none host'],
  [{ dangling: true }, 'idle'],
  [{ dangling: false }, 'web none host'],
  [{ drivers: ['bridge'] }, 'web idle'],
  [{ drivers: ['null', 'host'] }, 'none host'],
  [{ types: ['builtin'] }, 'none host'],
  [{ types: ['custom'] }, 'web idle'],
  [{ ids: ['bc0'] }, 'web'],
  [{ ids: ['^bc0'] }, ''],
  [{ names: ['e'] }, 'web idle none'],
  [{ names: ['^n', 'w'] }, 'web none'],
  [{ names: ['['] }, ''],
  [{ labels: ['tier'] }, 'web'],
  [{ labels: ['tier=front', 'empty='] }, 'web'],
  [{ labels: ['tier=back'] }, ''],
  [{ labels: ['toString'] }, ''],
  [{ scopes: ['local'] }, 'web idle none host'],
  [{ scopes: ['swarm'] }, ''],
  [{ names: ['e'], dangling: true }, 'idle'],
])('matchesNetwork() with %j leaves "%s"', (filters, names) => {
  const left = all.flatMap((network) =>
    network !== undefined && matchesNetwork(network, filters, used) ? network.Name : [],
  );
  expect(left.join(' ')).toBe(names);
});

test.each<[PruneNetworksOptions, bigint | undefined, boolean]>([
  [{}, undefined, true],
  [{}, BigInt(Date.parse(web.created)), false],
  [{}, BigInt(Date.parse(web.created)) + 1n, true],
  [{ labels: ['tier=front'] }, undefined, true],
  [{ labels: ['tier', 'other'] }, undefined, false],
  [{ labelsNot: ['tier'] }, undefined, false],
  [{ labelsNot: ['tier=back'] }, undefined, true],
])('isToBePruned() with %j before %s is %s', (options, before, wanted) => {
  expect(isToBePruned(web, options, before)).toBe(wanted);
});
