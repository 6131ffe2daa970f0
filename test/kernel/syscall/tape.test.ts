/** Real children, in real namespaces where we may make them. */
import { closeSync, existsSync, openSync, readFileSync, readSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  AT_FDCWD,
  buffer,
  checkParent,
  cloneAndPlay,
  cloneCall,
  constant,
  environment,
  errnoNumber,
  formatPlayedCalls,
  handOver,
  type KernelCall,
  LIFELINE,
  type Outcome,
  PR,
  pipe,
  resultOf,
  SyscallError,
  strings,
  TapeError,
  waitAtGate,
} from '../../../src/syscall/index.ts';
import { koffi } from '../../../src/syscall/koffi.ts';

const isRoot = process.getuid?.() === 0;

const signals = (set: 'SigBlk' | 'SigCgt', status: string) => new RegExp(`${set}:\\s+(\\w+)`).exec(status)?.[1];
const NONE = '0'.repeat(16);
const maskAtStart = signals('SigBlk', readFileSync('/proc/thread-self/status', 'utf8'));

const sh = (script: string): KernelCall => ({
  call: 'execve',
  args: ['/bin/sh', strings(['sh', '-c', script]), environment(['PATH=/usr/sbin:/usr/bin:/sbin:/bin'])],
  why: 'the program',
});
const open = (path: string, more: Partial<KernelCall> = {}): KernelCall => ({
  call: 'openat',
  args: [AT_FDCWD, path, 0],
  why: `looks at ${path}`,
  ...more,
});

/** Plays, and waits to the end of the child. */
async function play(...args: Parameters<typeof cloneAndPlay>) {
  const child = cloneAndPlay(...args);
  const outcome = await child.settled();
  return { child, outcome, status: await child.exited() };
}

/** The output of a program that stands at the end of a plan. */
async function output(script: string, before: readonly KernelCall[] = [], options = {}): Promise<string> {
  const { reader, writer } = pipe();
  const dup: KernelCall = { call: 'dup3', args: [resultOf('output'), 1, 0], why: 'stdout' };
  try {
    await play([...before, dup, sh(script)], { ...options, given: { output: writer } });
    closeSync(writer);
    const bytes = Buffer.alloc(65_536);
    return bytes.toString('utf8', 0, readSync(reader, bytes));
  } finally {
    closeSync(reader);
  }
}

describe('cloneAndPlay()', () => {
  test('runs a program, whose exit code comes back', async () => {
    const { outcome, status } = await play([sh('exit 42')]);
    expect(outcome).toMatchObject({ kind: 'executed', descriptors: [] });
    expect(status).toEqual({ kind: 'exited', exitCode: 42 });
  });

  test.skipIf(!isRoot)('gives the child namespaces and a hostname of its own', async () => {
    const hostname: KernelCall = { call: 'sethostname', args: ['inside', 6], why: 'the name' };
    const namespaces = ['CLONE_NEWUTS', 'CLONE_NEWPID', 'CLONE_NEWNS', 'CLONE_NEWIPC', 'CLONE_NEWNET'];
    expect(await output('echo $$ $(uname -n)', [hostname], { namespaces })).toBe('1 inside\n');
    expect(readFileSync('/proc/sys/kernel/hostname', 'utf8')).not.toBe('inside\n');
  });

  test('stops at a failing entry, which the error names', async () => {
    const { outcome, status } = await play([open('/'), open('/nowhere/at/all'), sh('exit 1')]);
    expect(status).toEqual({ kind: 'exited', exitCode: 125 });
    if (outcome.kind !== 'stopped') throw new Error(outcome.kind);
    expect(outcome.error).toBeInstanceOf(TapeError);
    expect(outcome.error).toMatchObject({
      syscall: 'openat',
      index: 1,
      code: 'ENOENT',
      why: 'looks at /nowhere/at/all',
    });
    expect(outcome.error.message).toBe(
      'openat(AT_FDCWD, "/nowhere/at/all", 0) = ENOENT (No such file or directory), entry 1: looks at /nowhere/at/all',
    );
    expect(outcome.calls.map(({ result }) => result)).toEqual([expect.any(Number), -2, undefined]);
  });

  test('passes over failures that are allowed, and keeps their results', async () => {
    const { outcome } = await play([
      open('/nowhere', { allow: ['EPERM', 'ENOENT'] }),
      open('/nowhere', { allow: 'any' }),
      sh('exit 0'),
    ]);
    expect(outcome.kind).toBe('executed');
    expect(outcome.calls.map(({ result }) => result)).toEqual([-2, -2, undefined]);
  });

  test('tries one execve after the other, and tells why the last one failed', async () => {
    const exec = (path: string, allow: readonly string[] = []): KernelCall => ({
      call: 'execve',
      args: [path, strings(['sh', '-c', 'exit 7']), environment([])],
      why: 'the program',
      allow,
    });
    const found = await play([exec('/nowhere/sh', ['ENOENT']), exec('/bin/sh', ['ENOENT']), exec('/usr/bin/false')]);
    expect([found.outcome.kind, found.status]).toEqual(['executed', { kind: 'exited', exitCode: 7 }]);
    const { outcome } = await play([exec('/nowhere/sh', ['ENOENT']), exec('/etc/passwd')]);
    expect(outcome).toMatchObject({ kind: 'stopped', error: { index: 1, code: 'EACCES', hint: expect.any(String) } });
  });

  test('hands results on to arguments and to fields of buffers', async () => {
    const poll = buffer('pollfd', Uint8Array.of(0, 0, 0, 0, 1, 0, 0, 0), [{ offset: 0, kind: 'result', of: 'zero' }]);
    const { outcome } = await play([
      open('/dev/zero', { result: 'zero' }),
      { call: 'ppoll', args: [poll, 1, null, null, 0], why: 'the field is the descriptor', atLeast: 1 },
      { call: 'dup3', args: [resultOf('zero'), 100, 0], why: 'the argument is the descriptor', result: 'copy' },
      { call: 'close', args: [resultOf('copy')], why: 'the second result' },
    ]);
    expect(outcome.kind).toBe('finished');
    const fd = outcome.calls[0]?.result;
    expect(formatPlayedCalls(outcome.calls).slice(1)).toEqual([
      'ppoll(pollfd, 1, NULL, NULL, 0) = 1',
      `dup3(${fd}, 100, 0) = 100`,
      'close(100) = 0',
    ]);
  });

  test('exits with 0 where a plan ends without execve, even an empty one', async () => {
    expect(await play([])).toMatchObject({ outcome: { kind: 'finished' }, status: { exitCode: 0 } });
  });

  test('takes the time of each call, the execve included', async () => {
    const calls = [open('/'), open('/nowhere', { allow: 'any' }), sh('exit 0')];
    const timed = await play(calls, { timing: true });
    expect(timed.outcome.calls.map(({ result }) => result)).toEqual([expect.any(Number), -2, undefined]);
    expect(timed.outcome.calls.map(({ nanoseconds = 0 }) => nanoseconds > 0)).toEqual([true, true, true]);
    const untimed = await play(calls);
    expect(untimed.outcome.calls.map(({ nanoseconds }) => nanoseconds)).toEqual([undefined, undefined, undefined]);
  });

  test('reports the signal that ended the program', async () => {
    const unblock: KernelCall = {
      call: 'rt_sigprocmask',
      args: [2, buffer('[]', new Uint8Array(8)), null, 8],
      why: 'all are blocked',
    };
    const child = cloneAndPlay([unblock, sh('exec sleep 1000')]);
    expect((await child.settled()).kind).toBe('executed');
    expect(child.kill('SIGTERM')).toBe(true);
    expect(await child.exited()).toEqual({ kind: 'signaled', signal: 15, coreDumped: false });
    expect(child.kill('SIGTERM')).toBe(false);
    expect(existsSync(`/proc/${child.pid}`)).toBe(false);
  });

  test('lets a plan be killed while a call is under way', async () => {
    const pause: KernelCall = { call: 'ppoll', args: [null, 0, null, null, 0], why: 'for ever' };
    const child = cloneAndPlay([open('/'), pause, sh('exit 0')]);
    child.kill('SIGKILL');
    const outcome = await child.settled();
    expect(outcome).toMatchObject({ kind: 'killed', error: { code: 'TAPE_KILLED' } });
    expect(await child.exited()).toEqual({ kind: 'signaled', signal: 9, coreDumped: false });
  });

  test('notices the end of a child whose plan has closed the lifeline against the rules', async () => {
    const close: KernelCall = { call: 'close_range', args: [3, 2 ** 32 - 1, 0], why: 'against the rules' };
    expect(await play([close, sh('exit 3')])).toMatchObject({ outcome: { kind: 'executed' }, status: { exitCode: 3 } });
  });

  test('blocks signals in the child and puts back the mask of this thread', async () => {
    // All but SIGKILL, SIGSTOP and the two that libc keeps to itself.
    expect(signals('SigBlk', await output('exec cat /proc/self/status'))).toBe('fffffffe7ffbfeff');
    expect(() => cloneAndPlay([], { cgroup: 0 })).toThrow();
    expect(signals('SigBlk', readFileSync('/proc/thread-self/status', 'utf8'))).toBe(maskAtStart);
  });

  test('leaves the child no handler of ours, even before its execve', async () => {
    const child = cloneAndPlay(waitAtGate());
    const ours = readFileSync('/proc/self/status', 'utf8');
    const its = readFileSync(`/proc/${child.pid}/status`, 'utf8');
    child.openGate();
    await child.exited();
    expect([signals('SigCgt', ours) === NONE, signals('SigCgt', its)]).toEqual([false, NONE]);
  });

  test('throws what clone3 says', () => {
    const fd = openSync('/', 'r');
    try {
      const clone = () => cloneAndPlay([], { cgroup: fd });
      expect(clone).toThrow(SyscallError);
      expect(clone).toThrow(
        `clone3({flags=CLONE_PIDFD|CLONE_CLEAR_SIGHAND|CLONE_INTO_CGROUP, exit_signal=SIGCHLD, cgroup=${fd}}, 88) = EBADF`,
      );
    } finally {
      closeSync(fd);
    }
  });

  test('moves the child to the last process of a plan that forks', async () => {
    const sibling: KernelCall = { ...cloneCall(['CLONE_PARENT'], 'a sibling'), forks: true };
    const child = cloneAndPlay([sibling, sibling, sh('exit 9')]);
    const first = child.pid;
    const outcome = await child.settled();
    expect(outcome.kind).toBe('executed');
    expect(outcome.calls.map(({ result }) => result)).toEqual([expect.any(Number), child.pid, undefined]);
    expect(child.pid).not.toBe(first);
    expect(await child.exited()).toEqual({ kind: 'exited', exitCode: 9 });
    for (const pid of [first, outcome.calls[0]?.result, child.pid]) expect(existsSync(`/proc/${pid}`)).toBe(false);
  });

  test('names the entry that failed behind a fork', async () => {
    const sibling: KernelCall = { ...cloneCall(['CLONE_PARENT'], 'a sibling'), forks: true };
    const { outcome, status } = await play([sibling, open('/nowhere')]);
    expect(outcome).toMatchObject({ kind: 'stopped', error: { index: 1, code: 'ENOENT' } });
    expect(status).toEqual({ kind: 'exited', exitCode: 125 });
  });

  test('shares no memory with the child but the tape', async () => {
    const canary = Buffer.from('canary');
    const { outcome } = await play([
      open('/dev/zero', { result: 'zero' }),
      { call: 'read', args: [resultOf('zero'), koffi().address(canary), 6], why: 'writes to our memory', allow: 'any' },
    ]);
    expect(outcome.kind).toBe('finished');
    expect(canary.toString()).toBe('canary');
  });
});

describe('the lifeline', () => {
  const isSettled = (outcome: Promise<Outcome>) =>
    Promise.race([outcome, new Promise((resolve) => setTimeout(resolve, 50, 'waiting'))]);

  test('holds the child at its gate until it is opened', async () => {
    const child = cloneAndPlay([...waitAtGate(), sh('exit 5')]);
    expect(await isSettled(child.settled())).toBe('waiting');
    expect([child.openGate(), child.openGate()]).toEqual([true, true]);
    expect((await child.settled()).kind).toBe('executed');
    expect(await child.exited()).toEqual({ kind: 'exited', exitCode: 5 });
    expect(child.openGate()).toBe(false);
  });

  test('does not keep a child from being killed at the gate', async () => {
    const child = cloneAndPlay([...waitAtGate(), sh('exit 5')]);
    child.kill('SIGKILL');
    expect(await child.settled()).toMatchObject({ kind: 'killed', error: { code: 'TAPE_KILLED' } });
    expect(await child.exited()).toMatchObject({ kind: 'signaled', signal: 9 });
    expect(child.openGate()).toBe(false);
  });

  test('tells the child that its parent is there', async () => {
    const child = cloneAndPlay([...waitAtGate(), checkParent(), sh('exit 0')]);
    child.openGate();
    const outcome = await child.settled();
    expect(outcome.calls[2]?.result).toBe(-errnoNumber('EAGAIN'));
    expect(outcome.kind).toBe('executed');
    await child.exited();
  });

  test('brings descriptors to the parent, in order', async () => {
    const paths = ['/etc/hostname', '/etc/passwd'];
    const child = cloneAndPlay([
      ...paths.flatMap((path) => [open(path, { result: path }), handOver(path, 'the parent reads it')]),
      sh('exit 0'),
    ]);
    const { descriptors } = await child.settled();
    expect(descriptors.map((fd) => readFileSync(fd, 'utf8'))).toEqual(paths.map((path) => readFileSync(path, 'utf8')));
    for (const fd of descriptors) closeSync(fd);
    await child.exited();
  });

  test('is named in every plan', async () => {
    const { outcome } = await play([
      { call: 'fcntl', args: [resultOf(LIFELINE), constant('F_GETFD', 1)], why: 'it is close-on-exec', atLeast: 1 },
      { call: 'prctl', args: [PR.PR_SET_DUMPABLE, 0, 0, 0, 0], why: 'nobody may look into us' },
    ]);
    expect(outcome.kind).toBe('finished');
  });
});
