import { expect, test } from 'vitest';
import { errnoNumber } from '../../src/syscall/errno.ts';
import { hints } from '../../src/syscall/hints.ts';
import { hintFor, SyscallError, syscallNames, TapeError } from '../../src/syscall/index.ts';

test('a SyscallError prints like strace and finds its hint by call and error', () => {
  const error = new SyscallError('mount', errnoNumber('ENODEV'), 'mount("x", "/x", "zfs", 0, NULL)');
  expect(error.message).toBe('mount("x", "/x", "zfs", 0, NULL) = ENODEV (No such device)');
  expect(error).toMatchObject({ code: 'ENODEV', syscall: 'mount', errnoName: 'ENODEV' });
  expect(error.hint).toContain('modprobe');
  expect(new SyscallError('mount', errnoNumber('EIO'), 'mount()').hint).toBeUndefined();
  expect(new SyscallError('mount', errnoNumber('ENODEV'), 'mount()', 'Another.').hint).toBe('Another.');
});

test('a TapeError names its entry, its place and why it stands there', () => {
  const call = { call: 'execve', args: ['/bin/nope', null, null], why: 'the program' };
  const error = new TapeError(call, 7, { printed: 'execve("/bin/nope", NULL, NULL)', result: -2 });
  expect(error.message).toBe(
    'execve("/bin/nope", NULL, NULL) = ENOENT (No such file or directory), entry 7: the program',
  );
  expect(error).toMatchObject({
    index: 7,
    call,
    why: 'the program',
    errnoName: 'ENOENT',
    hint: hintFor('execve', 'ENOENT'),
  });
});

test('a TapeError tells a result that is too small from an error', () => {
  const call = { call: 'read', args: [], why: 'the gate', atLeast: 1 };
  const error = new TapeError(call, 0, { printed: 'read()', result: 0 });
  expect(error.message).toBe('read() = 0 (expected at least 1), entry 0: the gate');
  expect(error).toMatchObject({ code: 'UNEXPECTED_RESULT', errno: 0 });
});

test('hints are for calls and errors that there are, and are sentences', () => {
  for (const [call, byErrno] of Object.entries(hints)) {
    expect(syscallNames()).toContain(call);
    for (const [errno, hint] of Object.entries(byErrno)) {
      if (errno !== 'UNEXPECTED_RESULT') expect(errnoNumber(errno)).toBeGreaterThan(0);
      expect(hint).toMatch(/^[A-Z].*\.$/);
    }
  }
  expect(hintFor('toString', 'EPERM')).toBeUndefined();
  expect(hintFor('execveat', 'EACCES')).toBe(hintFor('execve', 'EACCES'));
});
