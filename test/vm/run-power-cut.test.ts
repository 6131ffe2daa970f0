/**
 * The power goes while containers run. After the reboot none of them runs, those with --rm are gone, the others are listed as
 * ended, and nothing of them is in the way of a new container, of `rm` or of `rmi`.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { prelude, stepsOf } from './guest.ts';
import { canServeImage, type ServedImage, serveImage } from './served-image.ts';
import { hasVm, isShort, makeDisk, POWER_CUT, retry, runInVm } from './vm.ts';

const isReady = hasVm && canServeImage && !isShort;
if (hasVm && !isReady)
  console.warn('skipped: containers in the VM need GOCKER_VM_TESTS=1, docker-registry, skopeo, ../shared');
const root = '/var/lib/gocker';
const limit = 900_000;

let served: ServedImage;
beforeAll(async () => {
  if (isReady) served = await serveImage();
}, 120_000);
afterAll(() => served?.close());

const moments: readonly (readonly [string, string])[] = [
  ['the moment they have started', ':'],
  ['when their records are on the disk', 'sync'],
];

test.skipIf(!isReady).each(moments)(
  'containers that ran at a power cut, %s, are ended or gone, and in nobody’s way',
  { timeout: limit, retry },
  async (_, before) => {
    const disk = makeDisk();
    const start = (flags: string) => `gocker run ${flags} alpine sh -c 'echo started; sleep 1000' &`;
    const command = `${prelude(served)} serve; gocker pull -q alpine
      ${start('--name kept')} ${start('--rm --name passing')}
      until [ "$(pgrep -c -x sleep)" -ge 2 ]; do sleep 0.1; done; ${before}; echo "both run"; sleep 60`;
    const { status, stdout } = await runInVm(command, { disk, powerCut: '^both run' });
    expect({ status, stdout }).toEqual({ status: POWER_CUT, stdout: expect.stringContaining('both run') });
    const after = await runInVm(
      `${prelude(served)}
      step ps gocker ps -aq
      step passing gocker run --rm --name passing alpine echo again
      step list gocker ps -a
      step rm gocker rm kept
      step rmi gocker rmi alpine
      step left find ${root}/containers ${root}/names ${root}/layers /run/gocker/alive -mindepth 1 -not -path '*/ingest*'
      step verify gocker verify`,
      { disk },
    );
    const steps = stepsOf(after.stdout);
    expect(steps.get('ps')).toMatchObject({ exitCode: 0 });
    expect(steps.get('passing')).toEqual({ text: 'again\n', exitCode: 0 });
    expect(steps.get('list')?.text).not.toContain('passing');
    if (before === 'sync') {
      expect(steps.get('list')?.text).toMatch(/Exited \(137\) .* kept$/m);
      expect(steps.get('rm')).toEqual({ text: 'kept\n', exitCode: 0 });
    }
    expect(steps.get('rmi')).toMatchObject({ exitCode: 0 });
    expect(steps.get('left')).toEqual({ text: '', exitCode: 0 });
    expect(steps.get('verify')).toMatchObject({ exitCode: 0 });
  },
);
