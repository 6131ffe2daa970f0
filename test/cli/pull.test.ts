import { expect, test } from 'vitest';
import { drawLayer } from '../../src/cli/progress/bars.ts';
import type { PullEvent, PullOptions } from '../../src/engine/index.ts';
import type { Digest } from '../../src/oci/index.ts';
import { gocker } from './fake-engine.ts';

const layer = `sha256:${'ab'.repeat(32)}` as Digest;
const digest = `sha256:${'cd'.repeat(32)}` as Digest;
const events: readonly PullEvent[] = [
  { kind: 'pulling', reference: 'docker.io/library/alpine:latest', from: 'docker.io' },
  { kind: 'layers', layers: [{ digest: layer, size: 10 }] },
  { kind: 'layer', digest: layer, state: 'downloading' },
  { kind: 'download', digest: layer, bytes: 5, total: 10 },
  { kind: 'retry', message: 'connection reset\u001b[2J', delay: 1500 },
  { kind: 'layer', digest: layer, state: 'unpacking' },
  { kind: 'unpack', digest: layer, bytes: 20 },
  { kind: 'layer', digest: layer, state: 'complete' },
  { kind: 'allowance', remaining: 87, limit: 100, seconds: 21_600 },
];

function engineOf(status: 'downloaded' | 'up-to-date' | 'fallback', seen: PullOptions[] = []) {
  return {
    pull: async (_name: string, options: PullOptions = {}) => {
      seen.push(options);
      for (const event of events) options.onEvent?.(event);
      return { reference: 'docker.io/library/alpine:latest', digest, id: layer, status };
    },
  };
}

test("pull without a terminal prints docker's lines: progress on stderr, the result on stdout", async () => {
  const { exitCode, stdout, stderr } = await gocker(['pull', 'alpine'], engineOf('downloaded'));
  expect(exitCode).toBe(0);
  expect(stdout).toBe(
    `Digest: ${digest}\nStatus: Downloaded newer image for alpine:latest\ndocker.io/library/alpine:latest\n`,
  );
  expect(stderr).toBe(
    [
      'Using default tag: latest',
      'latest: Pulling from library/alpine',
      'abababababab: Pulling fs layer',
      'connection reset\\x1b[2J; trying again in 2 s',
      'abababababab: Download complete',
      'abababababab: Pull complete',
      'The registry grants 87 more of 100 pulls per 6 hours',
      '',
    ].join('\n'),
  );
});

test('pull --quiet prints the name and nothing else', async () => {
  const outcome = await gocker(['pull', '-q', 'alpine'], engineOf('downloaded'));
  expect(outcome).toMatchObject({ stdout: 'docker.io/library/alpine:latest\n', stderr: '' });
});

test('pull says when the image is up to date', async () => {
  const { stdout } = await gocker(['pull', 'alpine:latest'], engineOf('up-to-date'));
  expect(stdout).toContain('Status: Image is up to date for alpine:latest\n');
});

test('pull hands platform and fallback to the engine', async () => {
  const seen: PullOptions[] = [];
  await gocker(['pull', '--platform', 'linux/arm64', '--no-fallback', 'alpine'], engineOf('downloaded', seen));
  await gocker(['pull', 'alpine'], engineOf('downloaded', seen));
  expect(seen).toMatchObject([{ platform: 'linux/arm64', fallback: false }, { fallback: true }]);
  expect(seen[1]).not.toHaveProperty('platform');
});

test('pull refuses a bad name before any engine is opened', async () => {
  const { exitCode, stderr, opened } = await gocker(['pull', 'Alpine'], engineOf('downloaded'));
  expect({ exitCode, opened }).toEqual({ exitCode: 1, opened: [] });
  expect(stderr).toContain('upper-case');
});

test.each([
  ['waiting', 0, 'ab: Waiting'],
  ['exists', 0, 'ab: Already exists'],
  ['downloading', 0, 'ab: Downloading'],
  ['downloading', 5_000_000, `ab: Downloading [${'='.repeat(15)}>${' '.repeat(14)}] 5MB/10MB`],
  ['downloading', 10_000_000, `ab: Downloading [${'='.repeat(30)}] 10MB/10MB`],
  ['downloading', 20_000_000, `ab: Downloading [${'='.repeat(30)}] 20MB/10MB`],
  ['unpacking', 10_000_000, 'ab: Extracting 42MB'],
  ['complete', 10_000_000, 'ab: Pull complete'],
] as const)('a layer that is %s at %d bytes is drawn as %s', (state, value, expected) => {
  expect(drawLayer({}, { value, total: 10_000_000 }, { id: 'ab', state, unpacked: 42_000_000 })).toBe(expected);
});
