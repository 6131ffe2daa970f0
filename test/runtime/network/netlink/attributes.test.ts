import { expect, test } from 'vitest';
import {
  attribute,
  be16,
  be32,
  be64,
  encodeAttributes,
  formatAttributes,
  nested,
  nestedAfter,
  parseAttributes,
  parseList,
  present,
  raw,
  text,
  u8,
  u16,
  u32,
  u64,
  type Value,
} from '../../../../src/runtime/network/netlink/attributes.ts';

const A = { A_ONE: 1, A_TWO: 2, A_LARGE: 0x1234 };

const one = (value: Value) => Buffer.from(encodeAttributes([attribute(A, 'A_ONE', value)])).toString('hex');

// struct nlattr: length (2, little-endian, without padding), type (2), payload, zeros up to four.
test.each<[string, Value, string]>([
  ['one byte, three of padding', u8(7), '0500 0100 07 000000'],
  ['two bytes, little-endian', u16(0x1234), '0600 0100 3412 0000'],
  ['four bytes, little-endian', u32(1500), '0800 0100 dc050000'],
  ['eight bytes, little-endian', u64(1n), '0c00 0100 0100000000000000'],
  ['two bytes in network order', be16(0x1234), '0600 0100 1234 0000'],
  ['four bytes in network order', be32(1500), '0800 0100 000005dc'],
  ['eight bytes in network order', be64(1n), '0c00 0100 0000000000000001'],
  ['text with its NUL', text('eth0'), '0900 0100 6574683000 000000'],
  ['nothing but being there', present, '0400 0100'],
  ['bytes as they are', raw(Uint8Array.of(1, 2, 3)), '0700 0100 010203 00'],
  ['others within, with NLA_F_NESTED', nested(attribute(A, 'A_TWO', u8(1))), '0c00 0180 0500 0200 01 000000'],
  [
    'others behind a structure',
    nestedAfter({ bytes: Uint8Array.of(9, 9, 9, 9), text: '{9}' }, attribute(A, 'A_TWO', u8(1))),
    '1000 0180 09090909 0500 0200 01 000000',
  ],
])('an attribute of %s', (_what, value, bytes) => {
  expect(one(value)).toBe(bytes.replaceAll(' ', ''));
});

test('attributes are shown as they are meant', () => {
  const attributes = [
    attribute(A, 'A_ONE', text('eth0')),
    attribute(A, 'A_TWO', nested(attribute(A, 'A_ONE', u32(1500)), attribute(A, 'A_TWO', raw(Uint8Array.of(255))))),
    attribute(A, 'A_LARGE', present),
  ];
  expect(formatAttributes(attributes)).toBe('A_ONE="eth0", A_TWO={A_ONE=1500, A_TWO=ff}, A_LARGE');
});

test('parseAttributes() reads what encodeAttributes() wrote, without the flags of types', () => {
  const bytes = encodeAttributes([
    attribute(A, 'A_LARGE', nested(attribute(A, 'A_ONE', u8(5)))),
    attribute(A, 'A_TWO', text('x')),
  ]);
  const parsed = parseAttributes(bytes);
  expect([...parsed.keys()]).toEqual([A.A_LARGE, A.A_TWO]);
  expect(Buffer.from(parsed.get(A.A_TWO) ?? []).toString()).toBe('x\0');
  expect([...(parseAttributes(parsed.get(A.A_LARGE) ?? new Uint8Array()).get(A.A_ONE) ?? [])]).toEqual([5]);
});

test('parseList() keeps all of one type, in their order', () => {
  const bytes = encodeAttributes([1, 2, 3].map((value) => attribute(A, 'A_ONE', u8(value))));
  expect(parseList(bytes).map(([type, payload]) => [type, payload[0]])).toEqual([
    [1, 1],
    [1, 2],
    [1, 3],
  ]);
});

test.each([
  ['cut off in its payload', '0c00 0100 0100'],
  ['cut off in its header', '0c00'],
  ['of a length that its own header exceeds', '0300 0100 00000000'],
])('parseList() leaves out an attribute %s', (_what, hex) => {
  const sound = '05000200 07000000';
  const bytes = Buffer.from(`${sound}${hex}`.replaceAll(' ', ''), 'hex');
  expect(parseList(bytes).map(([type]) => type)).toEqual([2]);
});
