/**
 * A stock Debian kernel with pure cgroup v2 and a disk of its own, on which a command of a test runs as root, and whose power
 * can be cut: ../shared/VM.md. Slow where it is emulated, hence only with GOCKER_VM_TESTS: `1` for all (a quarter of an
 * hour at best), `short` for what ten minutes tell.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished, TestRunner } from 'vitest';

/** Whether only the part is wanted that most is learnt from. */
export const isShort = process.env.GOCKER_VM_TESTS === 'short';

const script = join(import.meta.dirname, '..', '..', '..', 'shared', 'run-in-vm.sh');

/** False without GOCKER_VM_TESTS or ../shared: tests then skip themselves aloud. */
export const hasVm = process.env.GOCKER_VM_TESTS !== undefined && existsSync(script);
if (!hasVm) console.warn(`skipped: tests in a VM need GOCKER_VM_TESTS=1 and ${script}`);

/** What the script returns once it has cut the power. */
export const POWER_CUT = 137;
const timeLimit = 124;
const failed = 125;
/** The kernel ended without a status of the command: it panicked. */
const panicked = 126;

export interface VmOptions {
  /** `6.1` unless given; `6.12`. */
  readonly kernel?: string;
  /** The disk under /var/lib/gocker and /scratch, to be seen again by the next command; a new one unless given. */
  readonly disk?: string;
  /** The power is cut at the first line of stdout that matches this (bash's regular expressions). */
  readonly powerCut?: string;
  /** 2 unless given. */
  readonly cpus?: number;
  /** Wall-clock limit; the emulation shares the machine's CPUs. */
  readonly seconds?: number;
}

export interface VmRun {
  /** The command's own, or POWER_CUT. */
  readonly status: number | null;
  readonly stdout: string;
}

/** For tests: what says nothing about the command is worth a second try, and nothing else is. */
export const retry = { count: 1, condition: /^the VM / };

/** An emulated machine is seen to stand still now and then, for a minute or ten: its timers are lost, and its programs time out. */
const heartbeat = `( last=$SECONDS; while sleep 2; do
  (( SECONDS - last > 30 )) && echo "the VM stood still for $((SECONDS - last)) s" >&2; last=$SECONDS; done ) &`;

/**
 * Runs a command of bash in this working directory, which it sees as it is here, and may write without effect.
 *
 * @throws Error ("the VM …") where the VM itself failed, took too long or stood still, which says nothing about the command
 */
export async function runInVm(command: string, options: VmOptions = {}): Promise<VmRun> {
  const flags = [
    ...(options.kernel === undefined ? [] : ['-k', options.kernel]),
    ...(options.disk === undefined ? [] : ['-D', options.disk]),
    ...(options.powerCut === undefined ? [] : ['--power-cut', options.powerCut]),
    ...['-c', `${options.cpus ?? 2}`],
    ...['-t', `${options.seconds ?? 600}`],
  ];
  // Certificates cost each Node a start that takes twice as long.
  const env = { ...process.env, NODE_EXTRA_CA_CERTS: undefined };
  const child = spawn(script, [...flags, `${heartbeat}\n${command}`], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    process.stderr.write(text);
  });
  const status = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  if (status === timeLimit) throw new Error(`the VM took too long: ${stdout}`);
  if (status === failed || status === panicked) giveUp(`the VM did not run (status ${status}): ${stdout}`);
  const stood = /^the VM stood still.*$/m.exec(stderr);
  if (stood !== null) giveUp(stood[0]);
  return { status, stdout };
}

/** Once it fails the test, which tries again; the second time the test skips itself aloud: it can't be told what it would say. */
function giveUp(message: string): never {
  const test = TestRunner.getCurrentTest();
  if (test === undefined || (test.result?.retryCount ?? 0) === 0) throw new Error(message);
  console.warn(`skipped: ${test.name}: twice ${message}`);
  return test.context.skip(message);
}

/** A path for a disk that goes when the test is over. */
export function makeDisk(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gocker-disk-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, 'disk');
}
