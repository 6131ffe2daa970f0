import { expect, test } from 'vitest';
import {
  addressAt,
  contains,
  formatCIDR,
  networkOf,
  offsetOf,
  overlap,
  parseCIDR,
  sizeOf,
} from '../../../src/runtime/network/cidr.ts';
import { formatAddress, isWithin, maskAddress, parseAddress } from '../../../src/runtime/network/ip-address.ts';

function cidr(text: string) {
  const parsed = parseCIDR(text);
  if (parsed === undefined) throw new Error(`"${text}" is none`);
  return parsed;
}

test.each([
  ['10.1.0.1/16', '10.1.0.0/16', 65_536n],
  ['192.0.2.255/32', '192.0.2.255/32', 1n],
  ['203.0.113.9/0', '0.0.0.0/0', 1n << 32n],
  ['fd00::1:2:3/64', 'fd00::1:2:3/64', 1n << 64n],
  ['2001:DB8::/127', '2001:db8::/127', 2n],
])('parseCIDR() reads %s, of the network %s', (text, network, size) => {
  const expected = text === 'fd00::1:2:3/64' ? 'fd00::/64' : network;
  expect(formatCIDR(networkOf(cidr(text)))).toBe(expected);
  expect(sizeOf(cidr(text))).toBe(size);
});

test.each(['10.0.0.0', '10.0.0.0/33', '10.0.0/8', '10.0.0.0/-1', '::/129', '10.0.0.0/8/8', '/8', '', '010.0.0.0/8'])(
  'parseCIDR() takes "%s" for none',
  (text) => expect(parseCIDR(text)).toBeUndefined(),
);

test('two networks overlap where one holds the other, and families never meet', () => {
  expect(overlap(cidr('10.0.0.0/8'), cidr('10.200.0.0/16'))).toBe(true);
  expect(overlap(cidr('10.200.0.0/16'), cidr('10.0.0.0/8'))).toBe(true);
  expect(overlap(cidr('10.0.0.0/9'), cidr('10.128.0.0/9'))).toBe(false);
  expect(overlap(cidr('0.0.0.0/0'), cidr('::/0'))).toBe(false);
  expect(contains(cidr('10.0.0.0/8'), cidr('10.200.0.0/16'))).toBe(true);
  expect(contains(cidr('10.200.0.0/16'), cidr('10.0.0.0/8'))).toBe(false);
});

test('addressAt() and offsetOf() count from the network itself', () => {
  expect(formatAddress(addressAt(cidr('10.1.0.77/16'), 258n))).toBe('10.1.1.2');
  expect(formatAddress(addressAt(cidr('fd00::/64'), (1n << 64n) - 1n))).toBe('fd00::ffff:ffff:ffff:ffff');
  expect(offsetOf(cidr('10.1.0.77/16'), Uint8Array.of(10, 1, 1, 2))).toBe(258n);
});

test.each([
  ['::', 16],
  ['::1', 16],
  ['1:2:3:4:5:6:7:8', 16],
  ['::ffff:192.0.2.1', 16],
  ['0.0.0.0', 4],
])('parseAddress() reads %s', (text, length) => expect(parseAddress(text)?.length).toBe(length));

test.each(['1.2.3', '1.2.3.256', '01.2.3.4', '1:2', '::1::', 'fe80::1%eth0', 'g::', '1.2.3.4.5', ' 1.2.3.4'])(
  'parseAddress() takes "%s" for none',
  (text) => expect(parseAddress(text)).toBeUndefined(),
);

test('isWithin() and maskAddress() end in the midst of a byte', () => {
  expect(isWithin(Uint8Array.of(10, 0, 127, 1), Uint8Array.of(10, 0, 0, 0), 17)).toBe(true);
  expect(isWithin(Uint8Array.of(10, 0, 128, 1), Uint8Array.of(10, 0, 0, 0), 17)).toBe(false);
  expect(maskAddress(Uint8Array.of(10, 0, 255, 1), 17)).toEqual(Uint8Array.of(10, 0, 128, 0));
});
