/**
 * The power goes while what a container has changed becomes an image or a snapshot, or the moment after that was reported done.
 * After the reboot the container is there with all of its changes, an image that is listed is whole, and the next attempt succeeds.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { prelude, type Step, stepsOf } from './guest.ts';
import { canServeImage, type ServedImage, serveImage } from './served-image.ts';
import { hasVm, isShort, makeDisk, POWER_CUT, retry, runInVm } from './vm.ts';

const isReady = hasVm && canServeImage && !isShort;
if (hasVm && !isReady)
  console.warn('skipped: commits in the VM need GOCKER_VM_TESTS=1, docker-registry, skopeo, ../shared');
const root = '/var/lib/gocker';
const limit = 900_000;

let served: ServedImage;
beforeAll(async () => {
  if (isReady) served = await serveImage();
}, 120_000);
afterAll(() => served?.close());

/** Of a container that has 300 files more than its image, and lacks one. Their sum is printed. */
const change =
  'rm /etc/motd; mkdir /made; for i in $(seq 300); do echo $i-$i-$i >/made/$i; done; head -c 3000000 /data/large >/made/large';
const sum = '(ls /etc/motd 2>&1; cd /made; ls | wc -l; cat 1 300; cat large | wc -c)';
const changed = 'ls: /etc/motd: No such file or directory\n301\n1-1-1\n300-300-300\n3000000\n';

/** Makes the container, then runs a command with the power cut as soon as a condition of bash holds, or at a line that it prints. */
async function cut(
  command: string,
  moment: { readonly condition: string } | { readonly line: string },
): Promise<string> {
  const disk = makeDisk();
  const watch = 'condition' in moment ? `(until ${moment.condition}; do :; done; echo "the moment has come") &` : '';
  const { status, stdout } = await runInVm(
    `${prelude(served)} serve; gocker pull -q alpine; gocker run --name made alpine sh -c '${change}'; sync; echo "it is made"
      ${watch} ${command} 2>&1; ${'condition' in moment ? '' : 'echo "it is done";'} sleep 10; echo "it never came"`,
    { disk, powerCut: 'line' in moment ? moment.line : '^the moment' },
  );
  expect({ status, stdout }).toEqual({ status: POWER_CUT, stdout: expect.stringContaining('it is made') });
  expect(stdout).not.toContain('it never came');
  return disk;
}

/** What is there after the reboot, and after the next attempt. */
async function lookAfterwards(disk: string, steps: string): Promise<ReadonlyMap<string, Step>> {
  const { status, stdout } = await runInVm(
    `${prelude(served)}
      step ps gocker ps -a --format '{{.Names}} {{.State}} {{.Status}}'
      step verify gocker verify
      ${steps}
      step verify-again gocker verify
      step rm gocker rm made
      step rmi gocker rmi -f $(gocker images -q | sort -u)
      step left find ${root}/images/blobs ${root}/images/ingest ${root}/layers ${root}/snapshots ${root}/containers ${root}/names /run/gocker/alive -not -type d`,
    { disk },
  );
  expect({ status, stdout }).toMatchObject({ status: 0 });
  return stepsOf(stdout);
}

function expectTruth(steps: ReadonlyMap<string, Step>): void {
  expect(steps.get('ps')?.text).toMatch(/^made exited Exited \(0\) /);
  for (const name of ['verify', 'verify-again']) {
    expect(steps.get(name)).toMatchObject({ text: expect.stringMatching(/ sound\n$/), exitCode: 0 });
  }
  expect(steps.get('rm')).toEqual({ text: 'made\n', exitCode: 0 });
  expect(steps.get('rmi')).toMatchObject({ exitCode: 0 });
  expect(steps.get('left')).toEqual({ text: '', exitCode: 0 });
}

const stages: readonly (readonly [string, Parameters<typeof cut>[1]])[] = [
  ['its layer is packed', { condition: `compgen -G '${root}/images/ingest/*' >/dev/null` }],
  ['its layer is unpacked', { condition: `compgen -G '${root}/layers/ingest/*/diff/made/1*' >/dev/null` }],
  [
    'its layer is whole and has no name yet',
    { condition: `[ "$(compgen -G '${root}/layers/*/layer.json' | wc -l)" = 4 ]` },
  ],
  ['it was reported done', { line: '^sha256:' }],
];

test.skipIf(!isReady).each(stages)(
  'a power cut during a commit, when %s, leaves the container and a sound store, and the next commit has it all',
  { timeout: limit, retry },
  async (name, moment) => {
    const disk = await cut('gocker commit made done', moment);
    const run = (image: string) => `gocker run --rm --pull=never ${image} sh -c '${sum}'`;
    const steps = await lookAfterwards(
      disk,
      `step images gocker images
       step run ${run('done')}
       step commit gocker commit made again
       step run-again ${run('again')}`,
    );
    const isListed = steps.get('images')?.text.includes('done') === true;
    if (name === 'it was reported done') expect(isListed).toBe(true);
    if (isListed) expect(steps.get('run')).toEqual({ text: changed, exitCode: 0 });
    expect(steps.get('run-again')).toEqual({ text: changed, exitCode: 0 });
    expectTruth(steps);
  },
);

test.skipIf(!isReady)(
  'a snapshot that was reported done is there after a power cut, with all that was changed before it',
  { timeout: limit, retry },
  async () => {
    const disk = await cut('gocker snapshot made first', { line: '^first' });
    const steps = await lookAfterwards(
      disk,
      `step snapshots gocker snapshot ls -q made
       step restore gocker restore made first
       step commit gocker commit made again
       step run gocker run --rm --pull=never again sh -c '${sum}'`,
    );
    expect(steps.get('snapshots')).toEqual({ text: 'first\n', exitCode: 0 });
    expect(steps.get('restore')).toEqual({ text: 'made\n', exitCode: 0 });
    expect(steps.get('run')).toEqual({ text: changed, exitCode: 0 });
    expectTruth(steps);
  },
);
