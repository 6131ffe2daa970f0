/** Keys have no namespace but the user's: a session keyring that a container shared with the host would be the host's. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type AttackCall, type Attempt, attackProgram, readAttempts } from '../../support/attack/index.ts';
import { attackTest, attempt, scratch } from './box.ts';

const session = -3;
const getID = 0;
const attacks: AttackCall[] = [{ call: 'keyctl', args: [getID, session, 0] }];

async function onHost(calls: readonly AttackCall[]): Promise<Attempt[]> {
  const path = join(await scratch('program'), 'attack');
  writeFileSync(path, attackProgram(calls), { mode: 0o755 });
  return readAttempts(calls, execFileSync(path));
}

attackTest('a session keyring is the container’s own, or out of its reach', async () => {
  const [host] = await onHost(attacks);
  const [one] = await attempt(attacks);
  const [other] = await attempt(attacks);
  if (one?.error === 'EPERM' || host?.error === 'ENOSYS') return;
  expect(host?.result).toBeGreaterThan(0);
  expect(new Set([host?.result, one?.result, other?.result]).size).toBe(3);
});
