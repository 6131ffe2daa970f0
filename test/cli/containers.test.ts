import { expect, test } from 'vitest';
import type { ContainerSummary, ListOptions } from '../../src/engine/index.ts';
import { GockerError } from '../../src/errors/index.ts';
import type { Digest } from '../../src/oci/index.ts';
import { gocker } from './fake-engine.ts';

const base = {
  imageID: `sha256:${'ab'.repeat(32)}` as Digest,
  image: 'alpine',
  labels: { a: '1', b: '' },
  network: 'none',
  networks: ['none'],
  ports: [],
  exposedPorts: [],
  mounts: [],
};
const summaries: readonly ContainerSummary[] = [
  {
    ...base,
    id: '1'.repeat(64),
    name: 'brave_turing',
    command: ['sh', '-c', "echo 'a long command'"],
    created: '2025-01-31T11:55:00Z',
    started: '2025-01-31T11:56:00Z',
    status: 'running',
  },
  {
    ...base,
    id: '2'.repeat(64),
    name: 'old',
    command: ['true'],
    created: '2025-01-31T10:00:00Z',
    finished: '2025-01-31T10:00:00Z',
    status: 'exited',
    exitCode: 137,
  },
  { ...base, id: '3'.repeat(64), name: 'new', command: [], created: '2025-01-31T12:00:00Z', status: 'created' },
];
const engine = {
  containers: async ({ statuses, last }: ListOptions = {}) =>
    summaries.filter(({ status }) => statuses?.includes(status) ?? true).slice(0, last ?? summaries.length),
};

test('ps -a prints the table that docker prints', async () => {
  const { stdout } = await gocker(['ps', '-a'], engine);
  expect(stdout.split('\n')).toEqual([
    'CONTAINER ID   IMAGE     COMMAND                  CREATED                  STATUS                     PORTS     NAMES',
    `111111111111   alpine    "sh -c 'echo 'a long…"   5 minutes ago            Up 4 minutes                         brave_turing`,
    '222222222222   alpine    "true"                   2 hours ago              Exited (137) 2 hours ago             old',
    '333333333333   alpine    ""                       Less than a second ago   Created                              new',
    '',
  ]);
});

test.each([
  [['ps', '-q'], '111111111111\n'],
  [['container', 'ls', '-aq', '--no-trunc'], `${'1'.repeat(64)}\n${'2'.repeat(64)}\n${'3'.repeat(64)}\n`],
  [['ps', '--format', '{{.Names}} {{.State}} {{.Labels}}'], 'brave_turing running a=1,b=\n'],
  [['ps', '--format', '{{.Label "a"}}{{.Label "c"}}|{{.Ports}}|{{.Networks}}'], '1||none\n'],
  [['ps', '--format', 'table {{.ID}}\t{{.Label "com.example.my-key"}}'], 'CONTAINER ID   my key\n111111111111   \n'],
  [['ps', '-l', '-q'], '111111111111\n'],
  [['ps', '-n', '2', '-q'], '111111111111\n222222222222\n'],
  [['ps', '-n', '0', '-q'], '111111111111\n'],
  [['ps', '--filter', 'status=exited', '--filter', 'status=created', '-q'], '222222222222\n333333333333\n'],
])('%j prints %j', async (argv, expected) => {
  expect((await gocker(argv, engine)).stdout).toBe(expected);
});

test('ps hands filters to the engine: all kinds as docker spells them', async () => {
  const asked: ListOptions[] = [];
  const containers = async (options: ListOptions = {}) => {
    asked.push(options);
    return [];
  };
  const filters = [
    ...['id=1', 'name=^/a', 'label=x', 'label=y=z', 'exited=137', 'ancestor=alpine', 'before=old', 'before=new'],
    ...['since=a', 'volume=data', 'network=none', 'health=none', 'status=paused'],
  ];
  await gocker(['ps', '-s', ...filters.flatMap((filter) => ['--filter', filter])], { containers });
  await gocker(['ps', '--format', '{{.Size}}'], { containers });
  expect(asked).toEqual([
    {
      ids: ['1'],
      names: ['^/a'],
      labels: ['x', 'y=z'],
      exited: [137],
      ancestors: ['alpine'],
      before: 'new',
      since: 'a',
      volumes: ['data'],
      networks: ['none'],
      health: ['none'],
      statuses: ['paused'],
      size: true,
    },
    { statuses: ['running', 'paused', 'restarting'], size: true },
  ]);
});

test.each([
  ['foo', 125, 'invalid argument "foo" for "-f, --filter" flag: bad format of filter (expected name=value)'],
  ['foo=bar', 1, "invalid filter 'foo'"],
  ['status=foo', 1, "invalid filter 'status=foo': invalid value for state (foo): must be one of created, running"],
  ['health=foo', 1, "invalid filter 'health=foo': invalid value for health (foo): must be one of none, starting"],
  ['exited=x', 1, "invalid filter 'exited=x'"],
  ['is-task=true', 1, 'There are no swarms here.'],
  ['publish=80', 1, 'Ports are not published yet.'],
])('ps refuses --filter %s', async (filter, exitCode, text) => {
  const outcome = await gocker(['ps', '--filter', filter], engine);
  expect(outcome).toMatchObject({ exitCode, stdout: '' });
  expect(outcome.stderr).toContain(text);
});

test.each([
  [{ status: 'running', health: 'healthy' }, 'Up 4 minutes (healthy)'],
  [{ status: 'running', health: 'starting' }, 'Up 4 minutes (health: starting)'],
  [{ status: 'paused' }, 'Up 4 minutes (Paused)'],
  [{ status: 'restarting', exitCode: 1, finished: '2025-01-31T11:59:57Z' }, 'Restarting (1) 3 seconds ago'],
  [{ status: 'removing' }, 'Removal In Progress'],
  [{ status: 'dead' }, 'Dead'],
] as const)('ps says of %j: %s', async (state, expected) => {
  const containers = async () => summaries.slice(0, 1).map((summary) => ({ ...summary, ...state }));
  expect((await gocker(['ps', '-a', '--format', '{{.Status}}'], { containers })).stdout).toBe(`${expected}\n`);
});

test('ps -s adds what a container wrote, and that with all it stands on', async () => {
  const containers = async () =>
    summaries.slice(1, 2).map((summary) => ({ ...summary, sizeRw: 3_145_728, sizeRootFs: 10_943_488 }));
  expect((await gocker(['ps', '-as'], { containers })).stdout).toMatch(
    /NAMES {5}SIZE\n.* old {7}3\.15MB \(virtual 10\.9MB\)\n$/,
  );
});

test('ps counts volumes and shortens the names of mounts, unless they are wanted in full', async () => {
  const mounts = [
    { type: 'volume', source: 'v'.repeat(64), destination: '/v' },
    { type: 'bind', source: '/src', destination: '/s' },
  ] as const;
  const containers = async () => summaries.slice(0, 1).map((summary) => ({ ...summary, mounts }));
  const print = async (...flags: string[]) =>
    (await gocker(['ps', ...flags, '--format', '{{.LocalVolumes}} {{.Mounts}}'], { containers })).stdout;
  expect(await print()).toBe('1 vvvvvvvvvvvvvv…,/src\n');
  expect(await print('--no-trunc')).toBe(`1 ${'v'.repeat(64)},/src\n`);
});

test('rm prints the names that are gone, goes on after a failure and remembers it', async () => {
  const removeContainer = async (name: string) => {
    if (name === 'nope') throw new GockerError('CONTAINER_NOT_FOUND', 'cannot find container "nope"');
  };
  const outcome = await gocker(['rm', 'a', 'nope', 'b'], { removeContainer });
  expect(outcome).toMatchObject({ exitCode: 1, stdout: 'a\nb\n', stderr: 'gocker: cannot find container "nope"\n' });
  expect(await gocker(['container', 'rm', '-f', 'nope'], { removeContainer })).toMatchObject({ exitCode: 0 });
});
