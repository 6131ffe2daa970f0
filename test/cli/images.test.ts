import { expect, test } from 'vitest';
import type { ImageFilters, ImageSummary } from '../../src/engine/index.ts';
import type { Digest } from '../../src/oci/index.ts';
import { gocker } from './fake-engine.ts';

const summaries: readonly ImageSummary[] = [
  {
    id: `sha256:${'ab'.repeat(32)}` as Digest,
    repository: 'alpine',
    tag: '3.20',
    digest: `sha256:${'cd'.repeat(32)}` as Digest,
    created: '2025-01-17T12:00:00Z',
    size: 7_797_760,
  },
  {
    id: `sha256:${'12'.repeat(32)}` as Digest,
    repository: undefined,
    tag: undefined,
    digest: undefined,
    created: undefined,
    size: 0,
  },
];

function engineOf(seen: ImageFilters[] = []) {
  return {
    images: async (filters?: ImageFilters) => {
      seen.push(filters ?? {});
      return summaries;
    },
  };
}

test('images prints the table that docker prints', async () => {
  const { stdout, exitCode } = await gocker(['images'], engineOf());
  expect(exitCode).toBe(0);
  expect(stdout).toBe(
    [
      'REPOSITORY   TAG       IMAGE ID       CREATED       SIZE',
      'alpine       3.20      abababababab   2 weeks ago   7.8MB',
      '<none>       <none>    121212121212   N/A           0B',
      '',
    ].join('\n'),
  );
});

test.each([
  [['images', '-q'], 'abababababab\n121212121212\n'],
  [['image', 'ls', '-q', '--no-trunc'], `sha256:${'ab'.repeat(32)}\nsha256:${'12'.repeat(32)}\n`],
  [['image', 'list', '--format', '{{.Repository}}:{{.Tag}}'], 'alpine:3.20\n<none>:<none>\n'],
  [
    ['images', '--format', 'table {{.ID}}\\t{{.Size}}'],
    'IMAGE ID       SIZE\nabababababab   7.8MB\n121212121212   0B\n',
  ],
  [['images', '-q', 'alp*'], 'abababababab\n'],
  [['images', '-q', 'alpine:3.19'], ''],
])('%j prints %j', async (argv, expected) => {
  expect((await gocker(argv, engineOf())).stdout).toBe(expected);
});

test('images --digests has a column more', async () => {
  const { stdout } = await gocker(['images', '--digests'], engineOf());
  expect(stdout.split('\n')[0]).toMatch(/^REPOSITORY {3}TAG {7}DIGEST +IMAGE ID +CREATED +SIZE$/);
  expect(stdout).toContain(`sha256:${'cd'.repeat(32)}`);
});

test("images --format json prints docker's keys, an object a line", async () => {
  const { stdout } = await gocker(['images', '--format', 'json'], engineOf());
  const rows = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, string>);
  expect(rows[0]).toMatchObject({
    Repository: 'alpine',
    Tag: '3.20',
    ID: 'abababababab',
    Size: '7.8MB',
    CreatedSince: '2 weeks ago',
  });
  expect(rows).toHaveLength(2);
});

test('images hands its filters to the engine and refuses others by name', async () => {
  const seen: ImageFilters[] = [];
  await gocker(['images', '-f', 'dangling=true', '-f', 'reference=a*', '--filter=reference=b'], engineOf(seen));
  await gocker(['images'], engineOf(seen));
  expect(seen).toEqual([{ dangling: true, references: ['a*', 'b'] }, {}]);
  const refused = await gocker(['images', '-f', 'size=1'], engineOf());
  expect(refused).toMatchObject({ exitCode: 125, stdout: '' });
  expect(refused.stderr).toContain('invalid filter "size=1"');
});

test('images says which field a template has wrong, and which there are', async () => {
  const { stderr, exitCode } = await gocker(['images', '--format', '{{.Nope}}'], engineOf());
  expect(exitCode).toBe(1);
  expect(stderr).toContain('executing "" at <.Nope>');
  expect(stderr).toContain('hint: The fields here are Containers, CreatedAt');
});
