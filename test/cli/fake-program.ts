/**
 * The program around an engine whose containers are plain child processes (`sh -c` of the command): what the program does
 * with descriptors, signals and terminals is tried without root. The image's name picks the engine's behaviour.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { runProgram } from '../../src/cli/program.ts';
import type { Attached, Container, Engine, RunOptions } from '../../src/engine/index.ts';
import { GockerError } from '../../src/errors/index.ts';
import { copyStream } from '../../src/runtime/launch/output.ts';

async function run(options: RunOptions): Promise<Container> {
  if (options.image === 'missing-command') throw new GockerError('COMMAND_NOT_FOUND', 'cannot run "x": not found');
  if (options.image === 'directory') throw new GockerError('COMMAND_NOT_EXECUTABLE', 'cannot run "/": a directory');
  if (options.image === 'fault') throw new TypeError('a fault');
  if (options.image === 'late-fault') setTimeout(() => JSON.parse('late'), 50);
  if (options.image === 'slow-pull') await slowPull(options);
  const child = spawn('sh', ['-c', (options.command ?? []).join(' ')], {
    stdio: [options.interactive ? 'pipe' : 'ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const ended = new Promise<{ exitCode: number }>((resolve) => {
    child.on('close', (code, signal) => resolve({ exitCode: code ?? 128 + constants.signals[signal ?? 'SIGKILL'] }));
  });
  const { stdin, stdout, stderr, pid } = child;
  if (stdout === null || stderr === null || pid === undefined) throw new Error('no child');
  const { consoleSize } = options;
  return {
    id: 'ab'.repeat(32),
    name: 'fake',
    pid,
    stdin: stdin ?? undefined,
    stdout,
    stderr,
    explain: () => [
      { text: 'execve()', call: 'execve', why: 'the end of the tape', result: '= 0', nanoseconds: 41_000 },
    ],
    kill: (signal) => void child.kill(signal as NodeJS.Signals),
    resize: () =>
      consoleSize === undefined || process.stderr.write(`size ${consoleSize.rows}x${consoleSize.columns}\n`),
    wait: () => ended,
    copyOutput: async (to) => {
      await Promise.all([copyStream(stdout, to.stdout), copyStream(stderr, to.stderr)]);
    },
    [Symbol.asyncDispose]: async () => void child.kill('SIGKILL'),
  } satisfies Partial<Container> as Partial<Container> as Container;
}

/** Waits until it is cancelled. */
async function slowPull({ signal, onEvent }: RunOptions): Promise<never> {
  onEvent?.({ kind: 'pulling', reference: 'docker.io/library/slow-pull:latest', from: 'docker.io' });
  return new Promise((_resolve, reject) => {
    const waiting = setTimeout(() => reject(new Error('nobody cancelled')), 60_000);
    signal?.addEventListener('abort', () => {
      clearTimeout(waiting);
      reject(signal.reason);
    });
  });
}

async function plan(): Promise<ReturnType<Container['explain']>> {
  return [{ text: 'execve()', call: 'execve', why: 'the end of the tape' }];
}

/** As a container with a monitor, whose terminal is its user's for a while. */
async function runAttached(options: RunOptions): Promise<Attached> {
  const container = await run(options);
  return Object.assign(container, { tty: options.tty === true, [Symbol.dispose]: () => {} });
}

runProgram(async () => ({ run, runAttached, plan }) as object as Engine);
