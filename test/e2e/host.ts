/**
 * A place for gocker of a test's own: root, run directory and registries.conf in a temporary folder, commands as a user types
 * them, and at the end a look for whatever is left behind.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const repository = join(import.meta.dirname, '..', '..');
export const cli = join(repository, 'dist', 'cli.cjs');
const alpineTarball = join(repository, '..', 'shared', 'alpine-minirootfs-3.20.3-x86_64.tar.gz');

/** Undefined without the tarball: tests that run Alpine's own programs then skip themselves aloud. */
export const alpine = existsSync(alpineTarball) && process.arch === 'x64' ? alpineTarball : undefined;
export const isRoot = process.getuid?.() === 0;

export interface Finished {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
  /** Resolves once stdout or stderr has this text. */
  says(text: string): Promise<void>;
}

export class Host {
  readonly folder = mkdtempSync(join(tmpdir(), 'gocker-e2e-'));
  readonly root = join(this.folder, 'root');
  readonly images = join(this.root, 'images');
  readonly env: Record<string, string | undefined>;
  /** A process whose network namespace all commands are in; ours where left out. */
  network: number | undefined;

  /** @param registry `host:port` that stands in for docker.io; a port where nobody listens where left out */
  constructor(registry = '127.0.0.1:9') {
    const conf = join(this.folder, 'registries.conf');
    writeFileSync(conf, `[[registry]]\nprefix = "docker.io"\nlocation = "${registry}"\ninsecure = true\n`);
    this.env = {
      PATH: process.env.PATH,
      HOME: this.folder,
      GOCKER_ROOT: this.root,
      CONTAINERS_REGISTRIES_CONF: conf,
      GOCKER_ALPINE_TARBALL: undefined,
      GOCKER_NETWORK: 'none',
    };
  }

  /** One that has `alpine` already. */
  static async withAlpine(network?: number): Promise<Host> {
    const host = new Host();
    host.network = network;
    await host.ok(['pull', '-q', 'alpine'], { env: { GOCKER_ALPINE_TARBALL: alpine } });
    return host;
  }

  start(args: readonly string[], options: RunOptions = {}): Started {
    const within = this.network === undefined ? [] : ['nsenter', `--net=/proc/${this.network}/ns/net`, '--'];
    const [file = '', ...argv] = [...within, process.execPath, cli, ...args];
    const child = spawn(file, argv, {
      env: { ...this.env, ...options.env },
      cwd: options.cwd ?? this.folder,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    const listeners = new Set<() => void>();
    const heard = () => {
      for (const listener of listeners) listener();
    };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      heard();
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      heard();
    });
    child.stdin.on('error', () => {});
    if (options.input !== undefined) child.stdin.end(options.input);
    const finished = new Promise<Finished>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (exitCode, signal) => resolve({ exitCode, signal, stdout, stderr }));
    });
    const says = (text: string) =>
      new Promise<void>((resolve, reject) => {
        const look = () => {
          if (!`${stdout}${stderr}`.includes(text)) return;
          listeners.delete(look);
          resolve();
        };
        listeners.add(look);
        look();
        finished.then(() => reject(new Error(`it ended without saying "${text}": ${stdout}${stderr}`)), reject);
      });
    return { child, finished, says };
  }

  /** Runs a command to its end, its stdin empty unless given. */
  async gocker(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
    return await this.start(args, { input: '', ...options }).finished;
  }

  /** The same, and it must succeed. */
  async ok(args: readonly string[], options: RunOptions = {}): Promise<string> {
    const { exitCode, stdout, stderr } = await this.gocker(args, options);
    if (exitCode !== 0) throw new Error(`gocker ${args.join(' ')} ended with ${exitCode}: ${stderr}${stdout}`);
    return stdout;
  }

  /** Everything that no command should leave behind, in words; empty when all is well. */
  leftovers(): string[] {
    const mounts = readFileSync('/proc/self/mountinfo', 'utf8')
      .split('\n')
      .filter((line) => line.includes(this.folder));
    return [
      ...mounts.map((line) => `mount ${line}`),
      ...entriesOf(join(this.images, 'ingest')).map((name) => `temporary blob ${name}`),
      ...entriesOf(join(this.root, 'layers', 'ingest')).map((name) => `temporary layer ${name}`),
      ...entriesOf(join(this.root, 'run', 'alive')).map((name) => `mark ${name}`),
      ...cgroupsOf(entriesOf(join(this.root, 'containers'))).map((path) => `cgroup ${path}`),
      ...processesWith(this.folder).map((line) => `process ${line}`),
    ];
  }

  /** What is still left when monitors, which outlive their commands, have had the time to go. */
  async remains(): Promise<string[]> {
    const end = Date.now() + 10_000;
    for (;;) {
      const left = this.leftovers();
      if (left.length === 0 || Date.now() > end) return left;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Names in a folder; none where it is not there. */
export function entriesOf(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

function cgroupsOf(ids: readonly string[]): string[] {
  const hierarchies = ['/sys/fs/cgroup', ...entriesOf('/sys/fs/cgroup').map((name) => join('/sys/fs/cgroup', name))];
  return hierarchies
    .map((hierarchy) => join(hierarchy, 'gocker'))
    .flatMap((parent) =>
      entriesOf(parent)
        .filter((name) => ids.includes(name))
        .map((name) => join(parent, name)),
    );
}

function processesWith(text: string): string[] {
  return entriesOf('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) return [];
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ');
      const environment = readFileSync(`/proc/${pid}/environ`, 'latin1');
      return environment.includes(text) || command.includes(text) ? [`${pid} ${command}`] : [];
    } catch {
      // It ended while we looked.
      return [];
    }
  });
}
