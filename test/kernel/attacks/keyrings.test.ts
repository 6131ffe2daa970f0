/** Keys have no namespace but the user's: a session keyring that a container shared with the host would be the host's. */
import { expect } from 'vitest';
import type { AttackCall } from '../../support/attack/index.ts';
import { attackTest, attempt, attemptOnHost } from './box.ts';

const session = -3;
const getID = 0;
const attacks: AttackCall[] = [{ call: 'keyctl', args: [getID, session, 0] }];

/** Thread, process, session, user and user session. */
const everyKeyring: AttackCall[] = [-1, -2, -3, -4, -5].map((keyring) => ({
  call: 'keyctl',
  args: [getID, keyring, 0],
}));

attackTest('keys are out of a container’s reach', async () => {
  for (const { error } of await attempt(everyKeyring)) expect(error).toMatch(/^(EPERM|ENOSYS)$/);
});

attackTest(
  'without a filter its session keyring is its own still, and neither the host’s nor another container’s',
  async () => {
    const [host] = await attemptOnHost(attacks);
    // A kernel without keys has none to lose.
    if (host?.error === 'ENOSYS') return;
    const options = { securityOpt: ['seccomp=unconfined'] };
    const [one] = await attempt(attacks, options);
    const [other] = await attempt(attacks, options);
    expect([host?.error, one?.error, other?.error]).toEqual([undefined, undefined, undefined]);
    expect(new Set([host?.result, one?.result, other?.result]).size).toBe(3);
  },
);
