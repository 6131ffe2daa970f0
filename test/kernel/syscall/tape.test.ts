/** Real children in real namespaces. */
import { expect, test } from 'vitest';
import {
  cloneAndPlay,
  environment,
  flags,
  formatPlayedCalls,
  type KernelCall,
  MS,
  PR,
  strings,
} from '../../../src/syscall/index.ts';

const isRoot = process.getuid?.() === 0;

const exec: KernelCall = {
  call: 'execve',
  args: [
    '/bin/sh',
    strings(['sh', '-c', 'test "$(hostname)" = inside && exit 42']),
    environment(['PATH=/bin:/usr/bin']),
  ],
  why: 'the program',
};

test.skipIf(!isRoot)('a child is born in new namespaces with its hostname', async () => {
  const child = cloneAndPlay([{ call: 'sethostname', args: ['inside', 6], why: 'the name' }, exec], {
    namespaces: ['CLONE_NEWUTS', 'CLONE_NEWNS', 'CLONE_NEWPID'],
    timing: true,
  });
  const outcome = await child.settled();
  expect(outcome.kind).toBe('executed');
  expect(await child.exited()).toEqual({ kind: 'exited', exitCode: 42 });
});
