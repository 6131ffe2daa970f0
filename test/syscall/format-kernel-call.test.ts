import { expect, test } from 'vitest';
import {
  AT_FDCWD,
  buffer,
  cloneCall,
  constant,
  device,
  environment,
  fileMode,
  flags,
  flagsOf,
  formatErrno,
  formatKernelCall,
  formatResult,
  hex,
  type KernelCall,
  MOUNT_ATTR,
  MS,
  mode,
  OPEN_TREE,
  resultOf,
  strings,
} from '../../src/syscall/index.ts';

const call = (name: string, ...args: KernelCall['args']): KernelCall => ({ call: name, args, why: 'test' });

test('formatKernelCall() prints a mount as strace does', () => {
  const flagged = flags(MS, 'MS_NOSUID', 'MS_NODEV', 'MS_NOEXEC');
  expect(formatKernelCall(call('mount', 'proc', '/proc', 'proc', flagged, null))).toBe(
    'mount("proc", "/proc", "proc", MS_NOSUID|MS_NODEV|MS_NOEXEC, NULL)',
  );
});

test('formatKernelCall() prints a result by its name before the run and by its number after', () => {
  const close = call('close', resultOf('procfs'));
  expect(formatKernelCall(close)).toBe('close(<procfs>)');
  expect(formatKernelCall(close, new Map([['procfs', 7]]))).toBe('close(7)');
});

test('formatKernelCall() shows arguments, and of an environment just how many there are', () => {
  const exec = call('execve', '/bin/sh', strings(['sh', '-c', 'echo "hi"']), environment(['A=secret', 'B=secret']));
  expect(formatKernelCall(exec)).toBe('execve("/bin/sh", ["sh", "-c", "echo \\"hi\\""], [/* 2 vars */])');
});

test('formatKernelCall() lets nothing through that a terminal would act on', () => {
  const printed = formatKernelCall(
    call('sethostname', '\u001b[2J\n\u009b\u202e', 3n, buffer('{…}', new Uint8Array(1))),
  );
  expect(printed).toBe('sethostname("\\u001b[2J\\n\\u{9b}\\u{202e}", 3, {…})');
});

test('formatResult() names errors and says what they mean', () => {
  expect(formatResult(0)).toBe('= 0');
  expect(formatResult(12)).toBe('= 12');
  expect(formatResult(-1)).toBe('= EPERM (Operation not permitted)');
  expect(formatErrno(4095)).toBe('errno 4095');
});

test('flags() has the number and the words, flagsOf() finds the words for a number', () => {
  expect(flags(MS, 'MS_BIND', 'MS_REC')).toEqual(constant('MS_BIND|MS_REC', 0x5000));
  expect(flags(OPEN_TREE)).toEqual(constant('0', 0));
  expect(flagsOf(MS, 0x5000)).toEqual(constant('MS_BIND|MS_REC', 0x5000));
  expect(flagsOf(MOUNT_ATTR, 0x80000003)).toEqual(
    constant('MOUNT_ATTR_RDONLY|MOUNT_ATTR_NOSUID|0x80000000', 0x80000003),
  );
});

test('modes, devices, addresses and AT_FDCWD print as strace prints them', () => {
  expect([mode(0o755), fileMode('S_IFCHR', 0o666), device(1, 3), hex(4096), AT_FDCWD]).toEqual([
    constant('0755', 0o755),
    constant('S_IFCHR|0666', 0o020666),
    constant('makedev(0x1, 0x3)', 0x103),
    constant('0x1000', 4096),
    constant('AT_FDCWD', -100),
  ]);
  expect(device(259, 65537)).toEqual(constant('makedev(0x103, 0x10001)', 0x10010301));
});

test('cloneCall() fills struct clone_args, and names no signal for a sibling', () => {
  const { args } = cloneCall(['CLONE_NEWPID', 'CLONE_INTO_CGROUP'], 'test', 9);
  expect(args[0].text).toBe('{flags=CLONE_NEWPID|CLONE_INTO_CGROUP, exit_signal=SIGCHLD, cgroup=9}');
  expect([...new BigUint64Array(args[0].bytes.buffer)]).toEqual([
    0x220000000n,
    0n,
    0n,
    0n,
    17n,
    0n,
    0n,
    0n,
    0n,
    0n,
    9n,
  ]);
  expect(cloneCall(['CLONE_PARENT'], 'test').args[0].text).toBe('{flags=CLONE_PARENT, exit_signal=0}');
});
