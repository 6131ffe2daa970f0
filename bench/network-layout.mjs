/** A host and an outside of it in network namespaces of their own, so that no row touches the machine's networks. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';

export const hostAddress = '203.0.113.1';

export class NetworkLayout {
  #holders;

  /** @param {import('node:child_process').ChildProcess[]} holders */
  constructor(holders) {
    this.#holders = holders;
    this.host = holders[0]?.pid ?? 0;
    this.outside = holders[1]?.pid ?? 0;
  }

  static async make() {
    const layout = new NetworkLayout([await holder(), await holder()]);
    const { host, outside } = layout;
    for (const [pid, line] of /** @type {const} */ ([
      [host, 'ip link set lo up'],
      [outside, 'ip link set lo up'],
      [host, `ip link add uplink type veth peer name eth0 netns ${outside}`],
      [host, `ip addr add ${hostAddress}/24 dev uplink`],
      [outside, 'ip addr add 203.0.113.2/24 dev eth0'],
      [host, 'ip link set uplink up'],
      [outside, 'ip link set eth0 up'],
      [host, 'ip route add default via 203.0.113.2'],
    ])) {
      execFileSync('nsenter', [`--net=/proc/${pid}/ns/net`, '--', ...line.split(' ')]);
    }
    return layout;
  }

  /** The command, as it is to be run there. @param {number} pid @param {string[]} argv */
  static within(pid, argv) {
    return ['nsenter', `--net=/proc/${pid}/ns/net`, '--', ...argv];
  }

  close() {
    for (const child of this.#holders) child.stdin?.end();
  }
}

async function holder() {
  const child = spawn('unshare', ['-n', 'sh', '-c', 'echo there; read _'], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return child;
}
