/** The way to the kernel's network configuration, in a network namespace of the test's own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { attribute, nested, parseAttributes, text, u32 } from '../../../src/runtime/network/netlink/attributes.ts';
import { NetlinkConnection } from '../../../src/runtime/network/netlink/connection.ts';
import type { NetlinkMessage } from '../../../src/runtime/network/netlink/message.ts';
import { NetlinkError } from '../../../src/runtime/network/netlink/netlink-error.ts';
import { inNetworkNamespace } from '../../../src/syscall/index.ts';

const isRoot = process.getuid?.() === 0;
if (!isRoot) console.warn('skipped: netlink in a namespace needs root');

const IFLA = { IFLA_IFNAME: 3, IFLA_MTU: 4, IFLA_LINKINFO: 18, IFLA_INFO_KIND: 1 };
const NFTA = { NFTA_TABLE_NAME: 1 };

/** rtnetlink(7): struct ifinfomsg. */
function link(name: string, change: Partial<NetlinkMessage> = {}): NetlinkMessage {
  return {
    name: 'RTM_NEWLINK',
    type: 16,
    flags: ['NLM_F_CREATE', 'NLM_F_EXCL'],
    header: { bytes: new Uint8Array(16), text: '{ifi_index=0}' },
    attributes: [
      attribute(IFLA, 'IFLA_IFNAME', text(name)),
      attribute(IFLA, 'IFLA_LINKINFO', nested(attribute(IFLA, 'IFLA_INFO_KIND', text('bridge')))),
    ],
    why: 'a test',
    ...change,
  };
}

const everyLink = link('', { name: 'RTM_GETLINK', type: 18, flags: [], attributes: [] });

/** linux/netfilter/nf_tables.h: NFT_MSG_NEWTABLE, NFT_MSG_DELTABLE, NFT_MSG_GETTABLE of NFPROTO_INET. */
function table(name: string, number: 0 | 1 | 2): NetlinkMessage {
  return {
    name: 'NFT_MSG_NEWTABLE',
    type: (10 << 8) | number,
    flags: number === 0 ? ['NLM_F_CREATE', 'NLM_F_EXCL'] : [],
    header: { bytes: Uint8Array.of(1, 0, 0, 0), text: '{nfgen_family=NFPROTO_INET}' },
    attributes: name === '' ? [] : [attribute(NFTA, 'NFTA_TABLE_NAME', text(name))],
    why: 'a test',
  };
}

describe.skipIf(!isRoot)('netlink (root)', () => {
  let holder: ChildProcess;
  let namespace: number;

  beforeAll(async () => {
    // It says so from within its namespace, and ends with us.
    holder = spawn('unshare', ['-n', 'sh', '-c', 'echo there; read _'], { stdio: ['pipe', 'pipe', 'inherit'] });
    await new Promise((resolve) => holder.stdout?.once('data', resolve));
    namespace = openSync(`/proc/${holder.pid}/ns/net`, 'r');
  });

  afterAll(() => {
    closeSync(namespace);
    holder.stdin?.end();
  });

  const namesOf = (connection: NetlinkConnection) =>
    connection.dump(everyLink).map(({ payload }) => {
      const name = parseAttributes(payload.subarray(16)).get(IFLA.IFLA_IFNAME) ?? [];
      return Buffer.from(name).toString('latin1').replace('\0', '');
    });

  test('what is opened in another namespace stays there, and we come back', () => {
    const own = readlinkSync('/proc/thread-self/ns/net');
    const other = inNetworkNamespace(namespace, () => readlinkSync('/proc/thread-self/ns/net'));
    expect(other).not.toBe(own);
    expect(readlinkSync('/proc/thread-self/ns/net')).toBe(own);
    expect(() =>
      inNetworkNamespace(namespace, () => {
        throw new Error('within');
      }),
    ).toThrow('within');
    expect(readlinkSync('/proc/thread-self/ns/net')).toBe(own);
  });

  test('request() makes what it is asked for, and dump() lists it', () => {
    const connection = NetlinkConnection.open('NETLINK_ROUTE', { namespace });
    try {
      connection.request([link('one'), link('two')]);
      expect(namesOf(connection)).toEqual(expect.arrayContaining(['lo', 'one', 'two']));
      expect(readFileSync(`/proc/${holder.pid}/net/dev`, 'latin1')).toMatch(/^\s*two:/m);
      expect(readdirSync('/sys/class/net')).not.toContain('two');
    } finally {
      connection[Symbol.dispose]();
    }
  });

  test('request() names the first message that failed, and tries those after it', () => {
    const connection = NetlinkConnection.open('NETLINK_ROUTE', { namespace });
    try {
      connection.request([link('there')]);
      const bad = [link('there'), link('after'), link('x', { attributes: [attribute(IFLA, 'IFLA_MTU', u32(1))] })];
      expect(() => connection.request(bad)).toThrow(
        expect.objectContaining({ code: 'EEXIST', networkMessage: bad[0] }) as NetlinkError,
      );
      expect(namesOf(connection)).toContain('after');
      // What was answered then confuses nobody now.
      expect(() => connection.request([link('there', { allow: ['EEXIST'] })])).not.toThrow();
    } finally {
      connection[Symbol.dispose]();
    }
  });

  test('the kernel’s own words are in the error', () => {
    const connection = NetlinkConnection.open('NETLINK_ROUTE', { namespace });
    try {
      const mtu = attribute(IFLA, 'IFLA_MTU', u32(1_000_000));
      const wrong = link('wrong', { attributes: [...link('wrong').attributes, mtu] });
      expect(() => connection.request([wrong])).toThrow(/= E[A-Z]+ \(.*\): the kernel says ".+"/);
    } finally {
      connection[Symbol.dispose]();
    }
  });

  test('more messages than the socket has room for answers are all answered', () => {
    const connection = NetlinkConnection.open('NETLINK_ROUTE', { namespace });
    try {
      connection.request([link('many')]);
      connection.request(Array.from({ length: 1000 }, () => link('many', { allow: ['EEXIST'] })));
      const last = [...Array.from({ length: 500 }, () => link('many', { allow: ['EEXIST'] })), link('many')];
      expect(() => connection.request(last)).toThrow(NetlinkError);
    } finally {
      connection[Symbol.dispose]();
    }
  });

  test('batch() makes all of it, or nothing', () => {
    const connection = NetlinkConnection.open('NETLINK_NETFILTER', { namespace });
    try {
      const tables = () => connection.dump(table('', 1)).length;
      connection.batch([table('first', 0), table('second', 0)]);
      expect(tables()).toBe(2);
      expect(() => connection.batch([table('third', 0), table('first', 0)])).toThrow(NetlinkError);
      expect(tables()).toBe(2);
      connection.batch([table('first', 2), table('second', 2)]);
      expect(tables()).toBe(0);
    } finally {
      connection[Symbol.dispose]();
    }
  });

  test('it leaves no descriptor', () => {
    const before = readdirSync('/proc/self/fd').length;
    for (let time = 0; time < 10; time += 1) NetlinkConnection.open('NETLINK_ROUTE', { namespace })[Symbol.dispose]();
    expect(readdirSync('/proc/self/fd').length).toBe(before);
  });
});
