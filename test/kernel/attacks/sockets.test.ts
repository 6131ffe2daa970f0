/** Sockets by which one speaks with the host past all file systems: abstract ones, netlink, the host's own network. */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { expect, onTestFinished } from 'vitest';
import { buffer } from '../../../src/syscall/index.ts';
import type { AttackCall } from '../../support/attack/index.ts';
import { attackTest, attempt, attemptOnHost, outcomes, sh } from './box.ts';

async function listening(where: string | number): Promise<Server> {
  const server = createServer((socket) => socket.on('error', () => {}).end('host'));
  await new Promise<void>((resolve) =>
    typeof where === 'number' ? server.listen(where, '0.0.0.0', resolve) : server.listen(where, resolve),
  );
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return server;
}

const [unix, inet, netlink, packet] = [1, 2, 16, 17];
const [stream, raw] = [1, 3];

attackTest('an abstract socket of the host is not there in a container', async () => {
  const name = `gocker-attack-${process.pid}`;
  await listening(`\0${name}`);
  // Node's name is as long as it can be: the rest of it are zeros.
  const address = Buffer.alloc(110);
  address.writeUInt16LE(unix, 0);
  address.write(name, 3);
  const attacks: AttackCall[] = [
    { call: 'socket', args: [unix, stream, 0], result: 'socket' },
    { call: 'connect', args: [{ kind: 'result', of: 'socket' }, buffer('address', address), address.length] },
  ];
  expect((await attemptOnHost(attacks)).map(({ error }) => error)).toEqual([undefined, undefined]);
  expect((await attempt(attacks)).map(({ error }) => error)).toEqual([undefined, 'ECONNREFUSED']);
});

attackTest('what listens on the host is not reached by the container’s loopback, nor seen in /proc/net', async () => {
  const server = await listening(0);
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  expect(readFileSync('/proc/net/tcp', 'utf8')).toContain(`:${hex} `);
  const script = `nc -w 1 127.0.0.1 ${port} < /dev/null; cat /proc/net/tcp /proc/net/unix; ls /sys/class/net`;
  const shown = await sh(script);
  expect(shown).not.toContain('host');
  expect(shown).not.toContain(`:${hex} `);
  expect(shown.split('\n').at(-1)).toBe('lo');
});

attackTest('raw sockets are for those who have CAP_NET_RAW, which docker gives root alone', async () => {
  const attacks = [
    { call: 'socket', args: [inet, raw, 1] },
    { call: 'socket', args: [packet, raw, 0x300] },
  ] as const;
  expect(await outcomes(attacks)).toEqual(['socket ok', 'socket ok']);
  expect(await outcomes(attacks, { user: '1000' })).toEqual(['socket EPERM', 'socket EPERM']);
  expect(await outcomes(attacks, { capDrop: ['NET_RAW'] })).toEqual(['socket EPERM', 'socket EPERM']);
});

attackTest('interfaces, routes and firewalls are not a container’s to change, even its own', async () => {
  const script = 'ip link set lo mtu 65536; ip addr add 127.0.0.9/8 dev lo; ip link add gocker-none type veth; true';
  const shown = await sh(script);
  expect(shown.match(/Operation not permitted/g)).toHaveLength(3);
  // NETLINK_NETFILTER can be spoken to; nothing of it is obeyed without CAP_NET_ADMIN.
  const request = Buffer.alloc(20);
  request.writeUInt32LE(20, 0);
  request.writeUInt16LE((10 << 8) | 0, 4);
  request.writeUInt16LE(5, 6);
  const attempts = await attempt([
    { call: 'socket', args: [netlink, raw, 12], result: 'netfilter' },
    { call: 'sendto', args: [{ kind: 'result', of: 'netfilter' }, buffer('request', request), 20, 0, null, 0] },
    {
      call: 'recvfrom',
      args: [{ kind: 'result', of: 'netfilter' }, buffer('reply', Buffer.alloc(64)), 64, 0x40, null, 0],
    },
  ]);
  // nlmsgerr: −EPERM, or no netfilter in this kernel at all.
  if (attempts[0]?.error === undefined) expect(attempts[2]?.buffers[0]?.readInt32LE(16)).toBe(-1);
});
