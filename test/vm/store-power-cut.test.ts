/** The power goes the moment after the store says "done": what it said is done is there after the reboot, whole. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bundle, bundle } from '../support/bundle.ts';
import { hasVm, isShort, makeDisk, POWER_CUT, retry, runInVm } from './vm.ts';

// The power cut under a pull says the same of the store, and more.
const isReady = hasVm && !isShort;

let script: Bundle;
beforeAll(async () => {
  if (isReady) script = await bundle(join(import.meta.dirname, 'store-power-cut-child.ts'));
});
afterAll(() => script?.remove());

function run(disk: string, verb: string, powerCut?: string) {
  const command = `${process.execPath} ${script.path} ${verb} /scratch/store`;
  return runInVm(command, { disk, ...(powerCut === undefined ? {} : { powerCut }) });
}

test.skipIf(!isReady)(
  'an image whose pull was reported done outlives a power cut in the same moment',
  { timeout: 600_000, retry },
  async () => {
    const disk = makeDisk();
    expect(await run(disk, 'pull', '^done')).toMatchObject({
      status: POWER_CUT,
      stdout: expect.stringContaining('done'),
    });
    const after = await run(disk, 'verify');
    // A lease may be back, and is dead: the next one takes it away.
    const lines = after.stdout.trim().split('\n');
    expect(lines.filter((line) => !line.startsWith('temporaries'))).toEqual(['named', ...Array(5).fill('ok'), 'sound']);
  },
);

test.skipIf(!isReady)(
  'a power cut in the middle leaves a sound store, and the pull completes afterwards',
  { timeout: 900_000, retry },
  async () => {
    const disk = makeDisk();
    expect(await run(disk, 'pull', '^half')).toMatchObject({
      status: POWER_CUT,
      stdout: expect.not.stringContaining('done'),
    });
    const after = await run(disk, 'verify');
    expect(after).toMatchObject({ status: 0, stdout: expect.stringContaining('sound') });
    expect(after.stdout).not.toContain('named');
    expect(await run(disk, 'pull')).toMatchObject({ status: 0, stdout: expect.stringContaining('done') });
    expect((await run(disk, 'verify')).stdout).toContain('temporaries 0\nsound');
  },
);
