import { expect, test } from 'vitest';
import { committedImage } from '../../../src/engine/commit/committed-image.ts';
import { type ContainerFacts, containerConfig } from '../../../src/engine/commit/container-config.ts';
import type { DiffID, ExecutionConfig } from '../../../src/oci/index.ts';

const facts = (over: Partial<ContainerFacts['record']> = {}, process: object = {}): ContainerFacts => ({
  record: { path: 'sh', args: ['-c', 'x'], labels: {}, tty: false, ...over },
  spec: {
    hostname: 'abc',
    process: {
      cwd: '/',
      args: [],
      user: { uid: 0, gid: 0 },
      env: [
        'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
        'HOSTNAME=abc',
        'HOME=/root',
        'MINE=1',
      ],
      ...process,
    },
  },
  imageUser: { uid: 0, gid: 0 },
});

test('containerConfig() leaves out what every container is given, and keeps what somebody asked for', () => {
  expect(containerConfig({}, facts())).toEqual({ Env: ['MINE=1'], Cmd: ['sh', '-c', 'x'] });
  const image: ExecutionConfig = { Env: ['HOME=/srv'], User: 'web', Labels: { a: '1', b: '1' }, WorkingDir: '/' };
  const process = { env: ['HOME=/srv', 'TERM=xterm'], user: { uid: 5, gid: 6 }, cwd: '/w' };
  const record = { labels: { b: '2' }, tty: true, stopSignal: 'SIGINT', mountOptions: { volumes: ['/data', '/h:/c'] } };
  expect(containerConfig(image, facts(record, process))).toEqual({
    Env: ['HOME=/srv'],
    User: '5:6',
    Labels: { a: '1', b: '2' },
    WorkingDir: '/w',
    StopSignal: 'SIGINT',
    Volumes: { '/data': {} },
    Cmd: ['sh', '-c', 'x'],
  });
});

test("containerConfig() takes the image's entrypoint off the command, unless there is another", () => {
  const image: ExecutionConfig = { Entrypoint: ['sh', '-c'], Cmd: ['old'] };
  expect(containerConfig(image, facts())).toMatchObject({ Entrypoint: ['sh', '-c'], Cmd: ['x'] });
  expect(containerConfig({ Entrypoint: ['other'] }, facts())).toMatchObject({ Entrypoint: ['sh'], Cmd: ['-c', 'x'] });
});

test('committedImage() has an entry of history for each layer, and for the base as many as it lacks', () => {
  const [one, two, three] = ['1', '2', '3'].map((digit) => `sha256:${digit.repeat(64)}` as DiffID);
  const image = {
    config: {
      os: 'linux',
      architecture: 'arm64',
      variant: 'v8',
      rootfs: { type: 'layers' as const, diff_ids: [one as DiffID] },
    },
  };
  const common = { image, config: {}, created: '2026-01-01T00:00:00Z', command: 'sh', author: 'me' };
  const { config } = committedImage({
    ...common,
    layers: [two, three].map((diffID) => ({ diffID: diffID as DiffID })),
  });
  expect(config).toMatchObject({ variant: 'v8', author: 'me', rootfs: { diff_ids: [one, two, three] } });
  expect(config.history?.map(({ created_by }) => created_by)).toEqual([undefined, 'gocker snapshot', 'sh']);
  expect(committedImage({ ...common, layers: [] }).config.history?.at(-1)).toMatchObject({ empty_layer: true });
});
