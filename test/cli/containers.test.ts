import { expect, test } from 'vitest';
import type { ContainerSummary } from '../../src/engine/index.ts';
import { GockerError } from '../../src/errors/index.ts';
import type { Digest } from '../../src/oci/index.ts';
import { gocker } from './fake-engine.ts';

const base = { imageID: `sha256:${'ab'.repeat(32)}` as Digest, image: 'alpine', labels: { a: '1', b: '' } };
const summaries: readonly ContainerSummary[] = [
  {
    ...base,
    id: '1'.repeat(64),
    name: 'brave_turing',
    command: ['sh', '-c', 'echo "a long command"'],
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
const engine = { containers: async () => summaries };

test('ps -a prints the table that docker prints', async () => {
  const { stdout } = await gocker(['ps', '-a'], engine);
  expect(stdout.split('\n')).toEqual([
    'CONTAINER ID   IMAGE     COMMAND                   CREATED                  STATUS                     NAMES',
    '111111111111   alpine    "sh -c echo \\"a long …"   5 minutes ago            Up 4 minutes               brave_turing',
    '222222222222   alpine    "true"                    2 hours ago              Exited (137) 2 hours ago   old',
    '333333333333   alpine    ""                        Less than a second ago   Created                    new',
    '',
  ]);
});

test.each([
  [['ps', '-q'], '111111111111\n'],
  [['container', 'ls', '-aq', '--no-trunc'], `${'1'.repeat(64)}\n${'2'.repeat(64)}\n${'3'.repeat(64)}\n`],
  [['ps', '--format', '{{.Names}} {{.State}} {{.Labels}}'], 'brave_turing running a=1,b=\n'],
])('%j prints %j', async (argv, expected) => {
  expect((await gocker(argv, engine)).stdout).toBe(expected);
});

test('rm prints the names that are gone, goes on after a failure and remembers it', async () => {
  const removeContainer = async (name: string) => {
    if (name === 'nope') throw new GockerError('CONTAINER_NOT_FOUND', 'cannot find container "nope"');
  };
  const outcome = await gocker(['rm', 'a', 'nope', 'b'], { removeContainer });
  expect(outcome).toMatchObject({ exitCode: 1, stdout: 'a\nb\n', stderr: 'gocker: cannot find container "nope"\n' });
  expect(await gocker(['container', 'rm', '-f', 'nope'], { removeContainer })).toMatchObject({ exitCode: 0 });
});
