/**
 * Networks for a test, in namespaces that end with it: a host, and what is outside of it, with a cable between them.
 *
 *   host 203.0.113.1, 2001:db8::1 ── uplink ── outside 203.0.113.2, 2001:db8::2
 */
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';

export const addresses = {
  host: '203.0.113.1',
  outside: '203.0.113.2',
  host6: '2001:db8::1',
  outside6: '2001:db8::2',
} as const;

/** Undefined where the tools that make a layout are missing. */
export const canMakeLayout = process.getuid?.() === 0 && has('ip') && has('unshare') && has('nsenter');

function has(tool: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${tool}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

export class NetworkLayout {
  readonly host: number;
  readonly outside: number;
  readonly #holders: readonly ChildProcess[];
  readonly #servers: { readonly child: ChildProcess; readonly where: number }[] = [];

  private constructor(holders: readonly ChildProcess[]) {
    this.#holders = holders;
    this.host = holders[0]?.pid ?? 0;
    this.outside = holders[1]?.pid ?? 0;
  }

  /** @param mtu the uplink's */
  static async make({ mtu = 1400 }: { readonly mtu?: number } = {}): Promise<NetworkLayout> {
    const layout = new NetworkLayout([await holder(), await holder()]);
    const { host, outside } = layout;
    layout.in(host, 'ip', 'link', 'set', 'lo', 'up');
    layout.in(outside, 'ip', 'link', 'set', 'lo', 'up');
    layout.in(host, ...words(`ip link add uplink mtu ${mtu} type veth peer name eth0 mtu ${mtu} netns ${outside}`));
    for (const [pid, device, four, six] of [
      [host, 'uplink', addresses.host, addresses.host6],
      [outside, 'eth0', addresses.outside, addresses.outside6],
    ] as const) {
      layout.in(pid, ...words(`ip addr add ${four}/24 dev ${device}`));
      layout.in(pid, ...words(`ip -6 addr add ${six}/64 dev ${device} nodad`));
      layout.in(pid, ...words(`ip link set ${device} up`));
    }
    layout.in(host, ...words(`ip route add default via ${addresses.outside}`));
    layout.in(host, ...words(`ip -6 route add default via ${addresses.outside6}`));
    return layout;
  }

  /** Runs a program in the network namespace of a process. @returns its stdout */
  in(pid: number, ...argv: readonly string[]): string {
    return execFileSync('nsenter', [`--net=/proc/${pid}/ns/net`, '--', ...argv], { encoding: 'utf8' });
  }

  /** Answers whoever comes with the address that they come from. Resolves once it does. */
  async serve(pid: number, port: number, protocol: 'tcp' | 'udp' = 'tcp'): Promise<void> {
    const program = protocol === 'tcp' ? tcpServer : udpServer;
    const child = within(pid, program, [`${port}`]);
    this.#servers.push({ child, where: pid });
    await Promise.race([
      once(child.stdout ?? child, 'data'),
      once(child, 'exit').then(() => {
        throw new Error(`nobody can listen at port ${port}`);
      }),
    ]);
  }

  /** @returns the answer, or the code of the error: `ECONNREFUSED`, `TIMEOUT` */
  ask(pid: number, address: string, port: number, protocol: 'tcp' | 'udp' = 'tcp'): Promise<string> {
    const program = protocol === 'tcp' ? tcpClient : udpClient;
    const argv = [`--net=/proc/${pid}/ns/net`, '--', process.execPath, '-e', program, address, `${port}`];
    return new Promise((resolve, reject) => {
      execFile('nsenter', argv, { encoding: 'utf8' }, (error, stdout) => (error ? reject(error) : resolve(stdout)));
    });
  }

  /** Ends all servers but those outside: they hold the namespaces that they are in. */
  async hush(): Promise<void> {
    const going = this.#servers.filter(({ where }) => where !== this.outside);
    for (const { child } of going) {
      const gone = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined;
      child.kill('SIGKILL');
      await gone;
    }
    for (const one of going) this.#servers.splice(this.#servers.indexOf(one), 1);
  }

  close(): void {
    for (const { child } of this.#servers) child.kill('SIGKILL');
    for (const child of this.#holders) child.stdin?.end();
  }
}

async function holder(): Promise<ChildProcess> {
  // It says so from within its namespace, and ends with us.
  const child = spawn('unshare', ['-n', 'sh', '-c', 'echo there; read _'], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return child;
}

function within(pid: number, program: string, argv: readonly string[]): ChildProcess {
  const command = [`--net=/proc/${pid}/ns/net`, '--', process.execPath, '-e', program, ...argv];
  return spawn('nsenter', command, { stdio: ['ignore', 'pipe', 'ignore'] });
}

function words(text: string): string[] {
  return text.split(' ');
}

const plain = 'const plain = (address) => address.replace(/^::ffff:/, "");';

const tcpServer = `${plain}
require('node:net').createServer((socket) => socket.on('error', () => {}).end(plain(socket.remoteAddress ?? '')))
  .listen(Number(process.argv[1]), '::', () => console.log('ready'));`;

const udpServer = `${plain}
const socket = require('node:dgram').createSocket('udp6');
socket.on('message', (_, from) => socket.send(plain(from.address), from.port, from.address));
socket.bind(Number(process.argv[1]), '::', () => console.log('ready'));`;

const tcpClient = `const [, host, port] = process.argv;
const done = (text) => { process.stdout.write(text); process.exit(); };
setTimeout(() => done('TIMEOUT'), 700);
let text = '';
const socket = require('node:net').connect({ host, port: Number(port) });
socket.setEncoding('utf8').on('data', (more) => { text += more; }).on('end', () => done(text)).on('error', ({ code }) => done(code));`;

const udpClient = `const [, host, port] = process.argv;
const done = (text) => { process.stdout.write(text); process.exit(); };
setTimeout(() => done('TIMEOUT'), 700);
const socket = require('node:dgram').createSocket(host.includes(':') ? 'udp6' : 'udp4');
socket.on('message', (message) => done(String(message))).on('error', ({ code }) => done(code));
socket.connect(Number(port), host, () => socket.send('hello'));`;
