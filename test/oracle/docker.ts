/**
 * docker, as the judge of what users expect: the one that DOCKER_HOST names, or a dockerd of our own, in mount and network
 * namespaces of its own, so that nothing of it is left on this machine. Docker 28 or newer is what gocker follows.
 */
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Finished {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Docker {
  /** Runs the docker command to its end. */
  docker(args: readonly string[]): Promise<Finished>;
  /** Where the daemon's own namespaces are: what `--network host` and its like give. */
  readonly namespaces: string;
  /** Ends a daemon of ours and removes all that it made; of one that was there, our image alone. */
  close(): Promise<void>;
}

/** Undefined where there is no docker to ask. */
export const dockerHost = process.env.DOCKER_HOST ?? (process.getuid?.() === 0 ? found('dockerd') : undefined);

export async function startDocker(rootfs: string): Promise<Docker> {
  const docker = process.env.DOCKER_HOST === undefined ? await startDaemon() : client(process.env.DOCKER_HOST);
  const version = await docker.docker(['version', '--format', '{{.Server.Version}}']);
  if (Number.parseInt(version.stdout, 10) < 28 || version.exitCode !== 0) {
    await docker.close();
    throw new Error(`docker 28 or newer is needed: ${version.stdout}${version.stderr}`);
  }
  await docker.docker(['import', '--change', 'CMD ["/bin/sh"]', rootfs, 'alpine:latest']);
  return docker;
}

function client(host: string): Docker {
  const env = { PATH: process.env.PATH, HOME: '/nonexistent', DOCKER_HOST: host };
  return {
    namespaces: '/proc/self/ns',
    docker: (args) =>
      new Promise((resolve) => {
        const child = execFile('docker', args, { env }, (error, stdout, stderr) => {
          const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : 255;
          resolve({ exitCode, stdout, stderr });
        });
        child.stdin?.end();
      }),
    close: async () => {},
  };
}

async function startDaemon(): Promise<Docker> {
  const folder = mkdtempSync(join(tmpdir(), 'gocker-oracle-'));
  const parent = `gocker-oracle-${process.pid}`;
  const flags = [
    ...['--data-root', join(folder, 'data'), '--exec-root', join(folder, 'exec'), '--pidfile', join(folder, 'pid')],
    ...['--host', `unix://${join(folder, 'socket')}`, '--cgroup-parent', `/${parent}`, '--log-level', 'error'],
    ...['--exec-opt', 'native.cgroupdriver=cgroupfs', '--bridge', 'none', '--iptables=false', '--ip6tables=false'],
    // Limits as they are: raising them may not be allowed.
    ...ownLimits().flatMap(({ Name, Soft, Hard }) => ['--default-ulimit', `${Name}=${Soft}:${Hard}`]),
  ];
  // Forwarding: docker warns on every run where it is off.
  const script = 'ip link set lo up && echo 1 >/proc/sys/net/ipv4/ip_forward && exec dockerd "$@"';
  const args = ['--net', '--mount', '--propagation', 'private', 'sh', '-c', script, 'dockerd', ...flags];
  const daemon = spawn('unshare', args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const docker = client(`unix://${join(folder, 'socket')}`);
  const close = async () => {
    await end(daemon);
    removeCgroups(parent);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await untilItAnswers(docker, daemon);
  } catch (error) {
    await close();
    throw error;
  }
  return { ...docker, namespaces: `/proc/${daemon.pid}/ns`, close };
}

/** As inspect prints them of every container: those of a daemon that may raise none. */
export function daemonLimits(): string[] {
  return ownLimits().map((limit) => JSON.stringify(limit));
}

function ownLimits() {
  const names = { 'open files': 'nofile', 'locked memory': 'memlock' };
  const text = readFileSync('/proc/self/limits', 'utf8');
  return Object.entries(names).map(([words, Name]) => {
    const [, Soft = -1, Hard = -1] = (new RegExp(`^Max ${words} +(\\S+) +(\\S+)`, 'm').exec(text) ?? []).map(Number);
    return { Name, Hard, Soft };
  });
}

async function untilItAnswers(docker: Docker, daemon: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (daemon.exitCode !== null) throw new Error(`dockerd ended with exit code ${daemon.exitCode}`);
    if ((await docker.docker(['version'])).exitCode === 0) return;
    await sleep(100);
  }
  throw new Error('dockerd does not answer');
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}

/** dockerd leaves the parent that it was given, in every hierarchy; under v1 it may lie below our own cgroup. */
function removeCgroups(name: string): void {
  const own = readFileSync('/proc/self/cgroup', 'utf8').trim().split('\n');
  const mounts = execFileSync('findmnt', ['--list', '--noheadings', '--output', 'TARGET', '--types', 'cgroup,cgroup2']);
  for (const mount of mounts.toString().trim().split('\n')) {
    for (const line of ['0::/', ...own]) {
      const parent = join(mount, line.split(':')[2] ?? '', name);
      if (!existsSync(parent)) continue;
      for (const entry of readdirSync(parent, { withFileTypes: true })) {
        if (entry.isDirectory()) rmdirSync(join(parent, entry.name));
      }
      rmdirSync(parent);
    }
  }
}

function found(program: string): string | undefined {
  return process.env.PATH?.split(':')
    .map((folder) => join(folder, program))
    .find((path) => existsSync(path));
}
