/**
 * The power goes while an image is pulled, or the moment after the pull was reported done. After the reboot
 * gocker says what is true: an image that is listed is there, whole, and runs with no registry; one that isn't is completed by
 * the next pull, and nothing temporary is left. Kernel, filesystem (ext4) and registry are Debian's.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { prelude, type Step, stepsOf } from './guest.ts';
import { canServeImage, type ServedImage, serveImage } from './served-image.ts';
import { hasVm, isShort, makeDisk, POWER_CUT, retry, runInVm } from './vm.ts';

const isReady = hasVm && canServeImage;
if (hasVm && !canServeImage) console.warn('skipped: pulls in the VM need docker-registry, skopeo and ../shared');
const root = '/var/lib/gocker';
/** Both boots, and the pulls in them, while other tests have the CPUs. */
const limit = 900_000;

let served: ServedImage;
beforeAll(async () => {
  if (isReady) served = await serveImage();
}, 120_000);
afterAll(() => served?.close());

/** Pulls, with the power cut as soon as a condition of bash holds. */
async function cutPull(disk: string, condition: string): Promise<string> {
  const watch = `until ${condition}; do sleep 0.01; done; echo "the moment has come"`;
  const command = `${prelude(served)} serve; (${watch}) & gocker pull alpine 2>&1; sleep 10; echo "it never came"`;
  const { status, stdout } = await runInVm(command, { disk, powerCut: '^the moment' });
  expect({ status, stdout }).toEqual({ status: POWER_CUT, stdout: expect.stringContaining('the moment has come') });
  return stdout;
}

/** What is there after the reboot, without a registry and then with one. */
async function lookAfterwards(disk: string): Promise<ReadonlyMap<string, Step>> {
  const read = 'cat /data/* | sha256sum; cat /etc/alpine-release';
  const run = `gocker run --rm --pull=never --network none alpine sh -c "${read}"`;
  const temporaries = `find ${root}/images/ingest ${root}/layers/ingest ${root}/containers /run/gocker -mindepth 1 -not -path '*/alive'`;
  const { status, stdout } = await runInVm(
    `${prelude(served)}
      step verify gocker verify
      step images gocker images
      step run ${run}
      serve
      step pull gocker pull alpine
      step images-again gocker images
      step verify-again gocker verify
      step run-again ${run}
      step temporaries ${temporaries}`,
    { disk },
  );
  expect({ status, stdout }).toMatchObject({ status: 0 });
  return stepsOf(stdout);
}

/** What must hold wherever the power was cut. */
function expectTruth(steps: ReadonlyMap<string, Step>): void {
  const whole = { text: `${served.contents}  -\n3.20.3\n`, exitCode: 0 };
  expect(steps.get('verify')).toMatchObject({ text: expect.stringMatching(/ sound\n$/), exitCode: 0 });
  const listed = steps.get('images')?.text.includes('alpine');
  if (listed) expect(steps.get('run')).toEqual(whole);
  else expect(steps.get('run')).toMatchObject({ exitCode: 125 });
  expect(steps.get('pull')).toMatchObject({ exitCode: 0 });
  expect(steps.get('images-again')?.text).toMatch(/^alpine +latest /m);
  expect(steps.get('verify-again')).toMatchObject({ text: expect.stringMatching(/ sound\n$/), exitCode: 0 });
  expect(steps.get('run-again')).toEqual(whole);
  expect(steps.get('temporaries')?.text).toBe('');
}

test.skipIf(!isReady)(
  'an image whose pull was reported done is there after a power cut, whole, and runs offline',
  { timeout: limit, retry },
  async () => {
    const disk = makeDisk();
    const { status, stdout } = await runInVm(`${prelude(served)} serve; gocker pull alpine 2>&1; sleep 10`, {
      disk,
      powerCut: '^Status: Downloaded newer image',
    });
    expect({ status, stdout }).toMatchObject({ status: POWER_CUT });
    const steps = await lookAfterwards(disk);
    expectTruth(steps);
    expect(steps.get('images')?.text).toMatch(/^alpine +latest /m);
    expect(steps.get('pull')?.text).toContain('Image is up to date');
  },
);

const stages: readonly (readonly [string, string])[] = [
  ['a blob arrives', `compgen -G '${root}/images/ingest/sha256-*' >/dev/null`],
  ['a layer is unpacked', `compgen -G '${root}/layers/ingest/*/diff/data/3*' >/dev/null`],
  ['the first layer is whole', `compgen -G '${root}/layers/*/layer.json' >/dev/null`],
  ['all layers are whole and have no name yet', `[ "$(compgen -G '${root}/layers/*/layer.json' | wc -l)" = 3 ]`],
];

test.skipIf(!isReady || isShort).each(stages)(
  'a power cut when %s leaves a sound store, and the next pull completes it',
  { timeout: limit, retry },
  async (_, condition) => {
    const disk = makeDisk();
    const pulled = await cutPull(disk, condition);
    const steps = await lookAfterwards(disk);
    expectTruth(steps);
    if (pulled.includes('Status: ')) expect(steps.get('images')?.text).toMatch(/^alpine +latest /m);
  },
);
