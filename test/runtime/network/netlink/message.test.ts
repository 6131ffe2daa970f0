import { expect, test } from 'vitest';
import { attribute, text, u32 } from '../../../../src/runtime/network/netlink/attributes.ts';
import {
  encodeMessage,
  formatMessage,
  type NetlinkMessage,
  parseMessages,
} from '../../../../src/runtime/network/netlink/message.ts';
import { NetlinkError } from '../../../../src/runtime/network/netlink/netlink-error.ts';

const IFLA = { IFLA_IFNAME: 3, IFLA_MTU: 4 };

const message: NetlinkMessage = {
  name: 'RTM_NEWLINK',
  type: 16,
  flags: ['NLM_F_CREATE', 'NLM_F_EXCL'],
  header: { bytes: Uint8Array.of(1, 2, 3, 4), text: '{ifi_index=0}' },
  attributes: [attribute(IFLA, 'IFLA_IFNAME', text('br')), attribute(IFLA, 'IFLA_MTU', u32(1500))],
  why: 'a test',
};

test('a message is its header, its family’s own, and its attributes', () => {
  expect(Buffer.from(encodeMessage(message, 7, 0x4)).toString('hex')).toBe(
    [
      '24000000', // nlmsg_len: 16 + 4 + 8 + 8
      '1000', // nlmsg_type: RTM_NEWLINK
      '0506', // nlmsg_flags: NLM_F_REQUEST|NLM_F_ACK|NLM_F_EXCL|NLM_F_CREATE
      '07000000', // nlmsg_seq
      '00000000', // nlmsg_pid: the kernel fills it in
      '01020304', // the family's header
      '0700030062720000', // IFLA_IFNAME "br", and one byte of padding
      '08000400dc050000', // IFLA_MTU 1500
    ].join(''),
  );
});

test('a message is shown as strace would', () => {
  expect(formatMessage(message)).toBe(
    '{RTM_NEWLINK, NLM_F_CREATE|NLM_F_EXCL, {ifi_index=0}, IFLA_IFNAME="br", IFLA_MTU=1500}',
  );
});

test('parseMessages() takes all of a datagram, and leaves out what is cut off', () => {
  const bytes = Buffer.concat([
    encodeMessage(message, 1),
    encodeMessage(message, 2),
    encodeMessage(message, 3).slice(0, 30),
  ]);
  expect(parseMessages(bytes).map(({ type, sequence, payload }) => [type, sequence, payload.length])).toEqual([
    [16, 1, 20],
    [16, 2, 20],
  ]);
});

test('an error names the message, the error number, and what the kernel has to say', () => {
  const error = new NetlinkError('NETLINK_ROUTE', message, { errno: 1, words: 'no' });
  expect(error.message).toBe(
    'send(NETLINK_ROUTE, {RTM_NEWLINK, NLM_F_CREATE|NLM_F_EXCL, {ifi_index=0}, IFLA_IFNAME="br", IFLA_MTU=1500}) = EPERM (Operation not permitted): the kernel says "no"',
  );
  expect(error).toMatchObject({ code: 'EPERM', errno: 1, hint: expect.stringContaining('CAP_NET_ADMIN') });
});
