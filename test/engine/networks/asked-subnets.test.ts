import { expect, test } from 'vitest';
import { type AskedSubnets, readAskedSubnets } from '../../../src/engine/networks/asked-subnets.ts';
import type { TakenSubnet } from '../../../src/engine/networks/taken-subnets.ts';
import { parseCIDR } from '../../../src/runtime/index.ts';

const taken: TakenSubnet[] = [
  ['172.18.0.0/16', 'network "web" (172.18.0.0/16)'],
  ['10.77.0.0/24', "this host's route to 10.77.0.0/24"],
].flatMap(([text = '', by = '']) => {
  const cidr = parseCIDR(text);
  return cidr === undefined ? [] : [{ cidr, by }];
});

function read(asked: Partial<AskedSubnets>) {
  return readAskedSubnets({ subnets: [], gateways: [], ranges: [], ...asked }, { network: 'net', taken });
}

test('readAskedSubnets() has IPv4 first, and the first address for a gateway', () => {
  expect(read({ subnets: ['FD00:2:0::/64', '10.14.0.0/24'] })).toEqual([
    { subnet: '10.14.0.0/24', gateway: '10.14.0.1' },
    { subnet: 'fd00:2::/64', gateway: 'fd00:2::1' },
  ]);
  expect(read({})).toEqual([]);
});

test('readAskedSubnets() finds the subnet of each gateway and range, in whatever order they come', () => {
  const asked = {
    subnets: ['10.14.0.0/24', 'fd00:2::/64'],
    gateways: ['fd00:2::9', '10.14.0.9'],
    ranges: ['fd00:2::100/120', '10.14.0.128/25'],
  };
  expect(read(asked)).toEqual([
    { subnet: '10.14.0.0/24', gateway: '10.14.0.9', range: '10.14.0.128/25' },
    { subnet: 'fd00:2::/64', gateway: 'fd00:2::9', range: 'fd00:2::100/120' },
  ]);
});

test.each<[Partial<AskedSubnets>, string, string]>([
  [{ subnets: ['nonsense'] }, 'SUBNET_INVALID', 'invalid subnet nonsense: invalid CIDR block notation'],
  [{ subnets: ['10.9.0.0'] }, 'SUBNET_INVALID', 'invalid subnet 10.9.0.0: invalid CIDR block notation'],
  [{ subnets: ['10.9.0.1/16'] }, 'SUBNET_INVALID', 'invalid subnet 10.9.0.1/16: it should be 10.9.0.0/16'],
  [{ subnets: ['10.9.0.0/31'] }, 'SUBNET_INVALID', 'no room for a gateway and a container (expected /30 or larger)'],
  [{ subnets: ['fd00::/127'] }, 'SUBNET_INVALID', 'no room for a gateway and a container (expected /126 or larger)'],
  [{ subnets: ['0.0.0.0/0'] }, 'SUBNET_INVALID', '0.0.0.0/8 is for this host'],
  [{ subnets: ['127.1.0.0/16'] }, 'SUBNET_INVALID', '127.0.0.0/8 is for loopback'],
  [{ subnets: ['fe80::/64'] }, 'SUBNET_INVALID', 'fe80::/10 is for links'],
  [{ subnets: ['10.1.0.0/24', '10.2.0.0/24'] }, 'SUBNET_INVALID', "bridge driver doesn't support multiple subnets"],
  [
    { subnets: ['10.1.0.0/24', '10.1.0.0/25'] },
    'SUBNET_INVALID',
    'multiple overlapping subnet configuration is not supported',
  ],
  [{ subnets: ['172.18.4.0/24'] }, 'SUBNET_OVERLAPS', '172.18.4.0/24 with network "web" (172.18.0.0/16)'],
  [{ subnets: ['10.0.0.0/8'] }, 'SUBNET_OVERLAPS', "10.0.0.0/8 with this host's route to 10.77.0.0/24"],
  [{ gateways: ['10.1.0.1'] }, 'GATEWAY_OUTSIDE', 'every ip-range or gateway must have a corresponding subnet'],
  [
    { subnets: ['10.1.0.0/24'], gateways: ['10.2.0.1'] },
    'GATEWAY_OUTSIDE',
    'no matching subnet for gateway 10.2.0.1 (expected one in 10.1.0.0/24)',
  ],
  [{ subnets: ['10.1.0.0/24'], gateways: ['10.1.0.1/24'] }, 'GATEWAY_INVALID', 'invalid gateway 10.1.0.1/24'],
  [
    { subnets: ['10.1.0.0/24'], gateways: ['10.1.0.0'] },
    'GATEWAY_INVALID',
    'failed to allocate gateway (10.1.0.0): Address already in use',
  ],
  [
    { subnets: ['10.1.0.0/24'], gateways: ['10.1.0.255'] },
    'GATEWAY_INVALID',
    'failed to allocate gateway (10.1.0.255)',
  ],
  [
    { subnets: ['10.1.0.0/24'], gateways: ['10.1.0.3', '10.1.0.4'] },
    'GATEWAY_INVALID',
    'cannot configure multiple gateways on the same subnet (10.1.0.0/24)',
  ],
  [{ ranges: ['10.1.0.0/25'] }, 'RANGE_OUTSIDE', 'every ip-range or gateway must have a corresponding subnet'],
  [{ subnets: ['10.1.0.0/24'], ranges: ['10.2.0.0/25'] }, 'RANGE_OUTSIDE', 'no matching subnet for range 10.2.0.0/25'],
  [{ subnets: ['10.1.0.0/24'], ranges: ['10.0.0.0/8'] }, 'RANGE_OUTSIDE', 'no matching subnet for range 10.0.0.0/8'],
  [{ subnets: ['10.1.0.0/24'], ranges: ['10.1.0.7/25'] }, 'RANGE_INVALID', 'it should be 10.1.0.0/25'],
  [{ subnets: ['10.1.0.0/24'], ranges: ['x'] }, 'RANGE_INVALID', 'invalid ip-range x: invalid CIDR block notation'],
])('readAskedSubnets() refuses %j', (asked, code, words) => {
  const message = expect.stringContaining(words);
  expect(() => read(asked)).toThrow(expect.objectContaining({ code, message }));
  expect(() => read(asked)).toThrow('cannot create network "net": ');
});

test('the last address of an IPv6 subnet may be its gateway: nothing is sent to all', () => {
  const asked = { subnets: ['fd00:2::/64'], gateways: ['fd00:2::ffff:ffff:ffff:ffff'] };
  expect(read(asked)).toEqual([{ subnet: 'fd00:2::/64', gateway: 'fd00:2::ffff:ffff:ffff:ffff' }]);
});
