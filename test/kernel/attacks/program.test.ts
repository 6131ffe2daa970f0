/** The attackers' tool itself: a tool that can't hit would let every attack test pass. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { buffer, resultOf } from '../../../src/syscall/index.ts';
import { type AttackCall, attackProgram, readAttempts } from '../../support/attack/index.ts';
import { attackTest, attempt, scratch } from './box.ts';

const attacks: AttackCall[] = [
  { call: 'getpid', args: [] },
  { call: 'openat', args: [-100, '/etc/hostname', 0, 0], result: 'file' },
  { call: 'read', args: [resultOf('file'), buffer('text', Buffer.alloc(16)), 16] },
  { call: 'openat', args: [-100, '/nowhere', 0, 0] },
  { call: 'close', args: [4242] },
  { call: '5000', args: [1, 2, 3, 4, 5, 6] },
];

attackTest('an attacker’s program tells what each call returned and what the kernel wrote', async () => {
  const attempts = await attempt(attacks, { hostname: 'target' });
  expect(attempts.map(({ call, error }) => [call, error])).toEqual([
    ['getpid', undefined],
    ['openat', undefined],
    ['read', undefined],
    ['openat', 'ENOENT'],
    ['close', 'EBADF'],
    ['5000', 'ENOSYS'],
  ]);
  expect(attempts[0]?.result).toBe(1);
  expect(attempts[2]?.result).toBe(7);
  expect(attempts[2]?.buffers[0]?.toString().replaceAll('\0', '')).toBe('target\n');
});

attackTest('the same program outside of a container does as much', async () => {
  const path = join(await scratch('program'), 'attack');
  writeFileSync(path, attackProgram(attacks), { mode: 0o755 });
  const attempts = readAttempts(attacks, execFileSync(path));
  expect(attempts[0]?.result).toBeGreaterThan(1);
  expect(attempts.slice(3).map(({ error }) => error)).toEqual(['ENOENT', 'EBADF', 'ENOSYS']);
});
