import { expect, test } from 'vitest';
import { chooseAddress } from '../../../src/engine/networks/choose-address.ts';
import { chooseIPv6Subnet, chooseSubnet } from '../../../src/engine/networks/choose-subnet.ts';
import { macFor } from '../../../src/engine/networks/mac.ts';
import { defaultBridge, tableOf } from '../../../src/engine/networks/names-of-root.ts';
import { type CIDR, parseCIDR } from '../../../src/runtime/index.ts';

const cidrs = (...texts: readonly string[]): CIDR[] => texts.flatMap((text) => parseCIDR(text) ?? []);

test.each([
  [[], '172.17.0.0/16'],
  [['172.17.0.0/16'], '172.18.0.0/16'],
  [['172.16.0.0/12'], '192.168.0.0/20'],
  [['172.17.5.0/24', '172.18.0.1/32', '0.0.0.0/0', '::/0'], '172.19.0.0/16'],
  [['172.16.0.0/12', '192.168.0.0/16'], '10.0.0.0/16'],
])('chooseSubnet() keeps clear of %j', (taken, expected) => expect(chooseSubnet(cidrs(...taken))).toBe(expected));

test('chooseSubnet() says so where all are taken', () => {
  const all = cidrs('172.16.0.0/12', '192.168.0.0/16', '10.0.0.0/8');
  expect(() => chooseSubnet(all)).toThrow('all private ones overlap');
});

test('chooseIPv6Subnet() is a unique local network of 64 bits, made of the id', () => {
  expect(chooseIPv6Subnet('0123456789abcdef'.repeat(4))).toBe('fd23:4567:89ab::/64');
});

const subnet = { subnet: '10.0.0.0/29', gateway: '10.0.0.1' };
const choose = (taken: readonly string[], more: object = {}) =>
  chooseAddress({ subnet, taken: new Set(taken), network: 'net', ...more });

test('chooseAddress() gives the lowest that is free, and neither network, gateway nor broadcast', () => {
  expect(choose([])).toBe('10.0.0.2');
  expect(choose(['10.0.0.2', '10.0.0.4'])).toBe('10.0.0.3');
  expect(choose(['10.0.0.2', '10.0.0.3', '10.0.0.4', '10.0.0.5'])).toBe('10.0.0.6');
  expect(() => choose(['10.0.0.2', '10.0.0.3', '10.0.0.4', '10.0.0.5', '10.0.0.6'])).toThrow(
    'no address of 10.0.0.0/29 is left',
  );
});

test('chooseAddress() takes from the range alone, but what is asked for from all of the subnet', () => {
  const ranged = { ...subnet, range: '10.0.0.4/31' };
  expect(choose([], { subnet: ranged })).toBe('10.0.0.4');
  expect(() => choose(['10.0.0.4', '10.0.0.5'], { subnet: ranged })).toThrow('no address of 10.0.0.4/31 is left');
  expect(choose([], { subnet: ranged, asked: '10.0.0.2' })).toBe('10.0.0.2');
});

test.each([
  ['10.0.0.1', 'Address already in use'],
  ['10.0.0.0', 'Address already in use'],
  ['10.0.0.7', 'Address already in use'],
  ['10.0.0.9', 'it is not in the network'],
  ['fd00::1', 'it is not in the network'],
  ['here', 'it is no address'],
])('chooseAddress() refuses %s', (asked, message) => expect(() => choose([], { asked })).toThrow(message));

test('chooseAddress() counts IPv6 in the same way, which has no broadcasts', () => {
  const six = { subnet: 'fd00::/126', gateway: 'fd00::1' };
  expect(choose([], { subnet: six })).toBe('fd00::2');
  expect(choose(['fd00::2'], { subnet: six })).toBe('fd00::3');
  expect(choose([], { subnet: { subnet: 'fd00::/64', gateway: 'fd00::1' } })).toBe('fd00::2');
});

test('macFor() is one for each address: local, of nobody’s group', () => {
  expect(macFor('ab'.repeat(32), '172.17.0.2')).toBe('02:ab:ac:11:00:02');
  expect(macFor('ab'.repeat(32), '172.17.0.3')).not.toBe(macFor('ab'.repeat(32), '172.17.0.2'));
});

test('two roots have two bridges and two tables, with names that the kernel takes', () => {
  expect([defaultBridge('/var/lib/gocker'), tableOf('/var/lib/gocker')]).toEqual(['gocker0', 'gocker']);
  expect(defaultBridge('/a')).toMatch(/^gk-[0-9a-f]{8}$/);
  expect(defaultBridge('/a')).not.toBe(defaultBridge('/b'));
  expect(tableOf('/a')).not.toBe(tableOf('/b'));
});
