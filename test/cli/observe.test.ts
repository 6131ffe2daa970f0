import { expect, test } from 'vitest';
import type { ContainerStats, StatsOptions, UpdateOptions } from '../../src/engine/index.ts';
import { GockerError } from '../../src/errors/index.ts';
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
