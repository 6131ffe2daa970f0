import { expect, test } from 'vitest';
import type {
  ContainerStats,
  DiskUsage,
  PruneImagesOptions,
  StatsOptions,
  UpdateOptions,
} from '../../src/engine/index.ts';
import { GockerError } from '../../src/errors/index.ts';
import type { Digest } from '../../src/oci/index.ts';
import { gocker } from './fake-engine.ts';

const GiB = 1024 ** 3;
const busy: ContainerStats = {
  id: '1'.repeat(64),
  name: 'busy',
  running: true,
  cpuPercent: 93.456,
  memory: 770_048,
  memoryLimit: 23.54 * GiB,
  received: 1296,
  sent: 0,
  read: 0,
  written: 3_145_728,
  pids: 3,
};
const unknown: ContainerStats = {
  id: '2'.repeat(64),
  name: 'dark',
  asked: 'dark',
  running: true,
  memoryLimit: 64 * 1024 ** 2,
};

function measuring(...measurements: readonly (readonly ContainerStats[])[]) {
  return {
    async *stats() {
      yield* measurements;
    },
  };
}

test('stats --no-stream prints the table that docker prints, and -- for what is not known', async () => {
  const { stdout } = await gocker(['stats', '--no-stream'], measuring([busy, unknown]));
  expect(stdout.split('\n')).toEqual([
    'CONTAINER ID   NAME      CPU %     MEM USAGE / LIMIT   MEM %     NET I/O      BLOCK I/O     PIDS',
    '111111111111   busy      93.46%    752KiB / 23.54GiB   0.00%     1.3kB / 0B   0B / 3.15MB   3',
    '222222222222   dark      --        -- / 64MiB          --        -- / --      -- / --       --',
    '',
  ]);
});

test("stats --format json has docker's keys, and Container as it was asked for", async () => {
  const { stdout } = await gocker(['stats', '--no-stream', '--format', 'json'], measuring([busy, unknown]));
  expect(
    stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toMatchObject([
    { BlockIO: '0B / 3.15MB', CPUPerc: '93.46%', Container: '111111111111', ID: '111111111111', MemPerc: '0.00%' },
    { Container: 'dark', ID: '222222222222', MemUsage: '-- / 64MiB', Name: 'dark', NetIO: '-- / --', PIDs: '--' },
  ]);
});

test('stats draws over what it drew on a terminal, and writes one table after another elsewhere', async () => {
  const twice = () => measuring([busy, unknown], [busy]);
  const plain = (await gocker(['stats', '--format', '{{.Name}}'], twice())).stdout;
  expect(plain).toBe('busy\ndark\nbusy\n');
  const drawn = (await gocker(['stats', '--format', '{{.Name}}'], twice(), { isTerminal: true })).stdout;
  expect(drawn).toBe('\x1b[2J\x1b[Hbusy\x1b[K\ndark\x1b[K\n\x1b[K\x1b[J\x1b[Hbusy\x1b[K\n\x1b[K\x1b[J');
});

test('stats hands names and flags to the engine', async () => {
  const asked: unknown[] = [];
  const stats = async function* (names: readonly string[] = [], options: StatsOptions = {}) {
    asked.push([names, options]);
    yield* [] as ContainerStats[][];
  };
  await gocker(['stats', '--no-stream', '-a'], { stats });
  await gocker(['stats', 'a', 'b'], { stats });
  expect(asked).toEqual([
    [[], { all: true, stream: false }],
    [['a', 'b'], { all: false, stream: true }],
  ]);
});

test('update prints the names that have new limits, goes on after a failure and remembers it', async () => {
  const asked: [string, UpdateOptions][] = [];
  const update = async (name: string, options: UpdateOptions) => {
    asked.push([name, options]);
    if (name === 'nope') throw new GockerError('CONTAINER_NOT_FOUND', 'cannot find container "nope"');
  };
  const outcome = await gocker(['update', '-m', '64m', '--cpus', '1.5', 'a', 'nope', 'b'], { update });
  expect(outcome).toMatchObject({ exitCode: 1, stdout: 'a\nb\n', stderr: 'gocker: cannot find container "nope"\n' });
  expect(asked[0]).toEqual(['a', { memory: '64m', cpus: '1.5' }]);
  await gocker(['update', '--restart', 'on-failure:2', 'a'], { update });
  expect(asked.at(-1)).toEqual(['a', { restart: 'on-failure:2' }]);
});

test('update without a flag is refused', async () => {
  expect(await gocker(['update', 'a'])).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('you must provide one or more flags when using this command'),
  });
});

const withPorts = (Ports: object) => ({ inspectContainer: async () => ({ NetworkSettings: { Ports } }) });
const published = { '80/tcp': [{ HostIp: '0.0.0.0', HostPort: '8080' }], '53/udp': null };

test.each([
  [['a'], {}, 0, ''],
  [['a'], published, 0, '80/tcp -> 0.0.0.0:8080\n'],
  [['a', '80'], published, 0, '0.0.0.0:8080\n'],
  [['a', '53/udp'], published, 1, "gocker: No public port '53/udp' published for a\n"],
  [['a', '80'], {}, 1, "gocker: No public port '80' published for a\n"],
  [['a', 'foo'], {}, 1, 'gocker: invalid port (foo): it is no number'],
  [['a', '99999'], {}, 1, 'gocker: invalid port (99999): it is no number'],
])('port %j of %j', async (operands, ports, exitCode, text) => {
  const outcome = await gocker(['port', ...operands], withPorts(ports));
  expect(outcome.exitCode).toBe(exitCode);
  expect(outcome.stdout + outcome.stderr).toContain(text);
  if (text === '') expect(outcome.stdout).toBe('');
});

const image = (digits: string) => `sha256:${digits.repeat(64)}` as Digest;
const [used, free] = [image('a'), image('b')];
const created = '2025-01-31T11:00:00Z';
const usage: DiskUsage = {
  layersSize: 10_500_000,
  images: [
    {
      id: used,
      repository: 'app',
      tag: '1',
      digest: undefined,
      created,
      size: 7_797_760,
      sharedSize: 1_000_000,
      containers: 2,
    },
    {
      id: used,
      repository: 'app',
      tag: '2',
      digest: undefined,
      created,
      size: 7_797_760,
      sharedSize: 1_000_000,
      containers: 2,
    },
    {
      id: free,
      repository: undefined,
      tag: undefined,
      digest: undefined,
      created,
      size: 3_702_240,
      sharedSize: 1_000_000,
      containers: 0,
    },
  ],
  containers: (['running', 'exited'] as const).map((status, at) => ({
    id: `${at + 1}`.repeat(64),
    name: ['web', 'old'][at] ?? '',
    image: 'app',
    imageID: used,
    command: ['sleep', '1000'],
    created,
    started: created,
    finished: created,
    status,
    exitCode: 3,
    labels: {},
    network: 'none',
    networks: ['none'],
    ports: [],
    exposedPorts: [],
    mounts: [],
    sizeRw: 3_145_728,
    sizeRootFs: 10_943_488,
  })),
  volumes: [
    {
      CreatedAt: created,
      Driver: 'local',
      Labels: null,
      Mountpoint: '/v',
      Name: 'data',
      Options: null,
      Scope: 'local',
      size: 2_000_000,
      links: 1,
    },
    {
      CreatedAt: created,
      Driver: 'local',
      Labels: null,
      Mountpoint: '/w',
      Name: 'lost',
      Options: null,
      Scope: 'local',
      size: 500_000,
      links: 0,
    },
  ],
};
const disk = { diskUsage: async () => usage };

test('system df adds up as docker does: layers and images once, what is not in use as reclaimable', async () => {
  const { stdout } = await gocker(['system', 'df'], disk);
  expect(stdout.split('\n')).toEqual([
    'TYPE            TOTAL     ACTIVE    SIZE      RECLAIMABLE',
    'Images          2         1         10.5MB    3.702MB (35%)',
    'Containers      2         1         6.291MB   3.146MB (50%)',
    'Local Volumes   2         1         2.5MB     500kB (20%)',
    'Build Cache     0         0         0B        0B',
    '',
  ]);
});

test('system df -v shows each image, container and volume', async () => {
  const { stdout } = await gocker(['system', 'df', '-v'], disk);
  expect(stdout.split('\n')).toEqual([
    'Images space usage:',
    '',
    'REPOSITORY   TAG       IMAGE ID       CREATED             SIZE      SHARED SIZE   UNIQUE SIZE   CONTAINERS',
    'app          1         aaaaaaaaaaaa   About an hour ago   7.8MB     1MB           6.798MB       2',
    'app          2         aaaaaaaaaaaa   About an hour ago   7.8MB     1MB           6.798MB       2',
    '<none>       <none>    bbbbbbbbbbbb   About an hour ago   3.7MB     1MB           2.702MB       0',
    '',
    'Containers space usage:',
    '',
    'CONTAINER ID   IMAGE     COMMAND        LOCAL VOLUMES   SIZE      CREATED             STATUS                         NAMES',
    '111111111111   app       "sleep 1000"   0               3.15MB    About an hour ago   Up About an hour               web',
    '222222222222   app       "sleep 1000"   0               3.15MB    About an hour ago   Exited (3) About an hour ago   old',
    '',
    'Local Volumes space usage:',
    '',
    'VOLUME NAME   LINKS     SIZE',
    'data          1         2MB',
    'lost          0         500kB',
    '',
    'Build cache usage: 0B',
    '',
    'CACHE ID   CACHE TYPE   SIZE      CREATED   LAST USED   USAGE     SHARED',
    '',
  ]);
});

test('system df -v takes templates and json on all there is', async () => {
  const names = await gocker(['system', 'df', '-v', '--format', '{{range .Volumes}}{{.Name}} {{end}}'], disk);
  expect(names.stdout).toBe('data lost \n');
  const parsed = JSON.parse((await gocker(['system', 'df', '-v', '--format', 'json'], disk)).stdout);
  expect(Object.keys(parsed)).toEqual(['Images', 'Containers', 'Volumes', 'BuildCache']);
  expect(parsed.Containers[0]).toMatchObject({ ID: '1'.repeat(64), Size: '3.15MB', Status: 'Up About an hour' });
});

function pruning(asked: unknown[] = []) {
  return {
    pruneContainers: async (options: object = {}) => {
      asked.push(['containers', options]);
      return { removed: ['c1', 'c2'], reclaimed: 1_000_000 };
    },
    pruneVolumes: async (options: object = {}) => {
      asked.push(['volumes', options]);
      return { names: ['lost'], reclaimed: 500_000 };
    },
    pruneNetworks: async (options: object = {}) => {
      asked.push(['networks', options]);
      return ['n1'];
    },
    mendNetworks: async () => {
      asked.push(['mend']);
    },
    pruneImages: async (options: PruneImagesOptions = {}) => {
      asked.push(['images', options]);
      const removals = [
        { kind: 'untagged', reference: 'app:1' },
        { kind: 'deleted', digest: used },
      ] as const;
      return { removals, reclaimed: 7_396_000 };
    },
  };
}

test('image prune -f tells what is gone and how much that was', async () => {
  const asked: unknown[] = [];
  const { stdout } = await gocker(
    ['image', 'prune', '-af', '--filter', 'until=24h', '--filter', 'label=x'],
    pruning(asked),
  );
  expect(stdout).toBe(`Deleted Images:\nuntagged: app:1\ndeleted: ${used}\n\nTotal reclaimed space: 7.396MB\n`);
  expect(asked).toEqual([['images', { all: true, until: '24h', labels: ['x'] }]]);
});

test('system prune removes containers before what they hold, and volumes only where it is told to', async () => {
  const asked: unknown[] = [];
  const { stdout } = await gocker(['system', 'prune', '-f', '--filter', 'label!=keep'], pruning(asked));
  expect(stdout).toBe(
    `Deleted Containers:\nc1\nc2\n\nDeleted Networks:\nn1\n\nDeleted Images:\nuntagged: app:1\ndeleted: ${used}\n\nTotal reclaimed space: 8.396MB\n`,
  );
  const filters = { labelsNot: ['keep'] };
  expect(asked).toEqual([
    ['containers', filters],
    ['networks', filters],
    ['mend'],
    ['images', { ...filters, all: false }],
  ]);

  const all: unknown[] = [];
  expect((await gocker(['system', 'prune', '-af', '--volumes'], pruning(all))).stdout).toContain(
    'Deleted Volumes:\nlost\n\nDeleted Images',
  );
  expect(all).toEqual([['containers', {}], ['networks', {}], ['mend'], ['volumes', {}], ['images', { all: true }]]);
});

test.each([
  [['image', 'prune', '-f', '--filter', 'foo=1'], "invalid filter 'foo'"],
  [['system', 'prune', '-f', '--filter', 'foo=1'], "invalid filter 'foo'"],
  [
    ['system', 'prune', '-f', '--volumes', '--filter', 'until=1h'],
    'the "until" filter is not supported with "--volumes"',
  ],
])('%j is refused before anything is removed', async (argv, text) => {
  const asked: unknown[] = [];
  expect(await gocker(argv, pruning(asked))).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(text) });
  expect(asked).toEqual([]);
});
