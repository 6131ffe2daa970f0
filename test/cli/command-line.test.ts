import { expect, test, vi } from 'vitest';
import { catalogue, findCommand } from '../../src/cli/catalogue.ts';
import { GockerError } from '../../src/errors/index.ts';
import type { Digest } from '../../src/oci/index.ts';
import { gocker } from './fake-engine.ts';

const digest = `sha256:${'ab'.repeat(32)}` as Digest;

async function printed(argv: readonly string[]): Promise<string> {
  const info = vi.spyOn(console, 'info').mockImplementation(() => {});
  try {
    const { exitCode, opened } = await gocker(argv);
    expect({ exitCode, opened }).toEqual({ exitCode: 0, opened: [] });
    return info.mock.calls.flat().join('\n');
  } finally {
    info.mockRestore();
  }
}

test('every command is loaded under its own name, with the description of the overview', async () => {
  for (const { spellings, description, load } of catalogue) {
    expect(await load()).toMatchObject({ name: spellings[0], description: expect.stringContaining(description) });
  }
});

test.each([
  ['image ls', 'images'],
  ['image list', 'images'],
  ['image pull', 'pull'],
  ['image rm', 'rmi'],
  ['image remove', 'rmi'],
  ['image tag', 'tag'],
  ['image inspect', 'inspect'],
  ['container inspect', 'inspect'],
  ['image history', 'history'],
  ['container run', 'run'],
  ['system info', 'info'],
])('"%s" is %s', (words, name) => {
  const { entry, rest } = findCommand([...words.split(' '), 'x']);
  expect([entry.spellings[0], rest]).toEqual([name, ['x']]);
});

test.each([
  ['imags', 'Did you mean "gocker images"?'],
  ['rnu', 'Did you mean "gocker run"?'],
  ['image lss', 'Did you mean "gocker image ls"?'],
  ['quux', 'See "gocker --help"'],
])('"%s" is no command: %s', async (words, hint) => {
  const { exitCode, stderr, opened } = await gocker(words.split(' '));
  expect(exitCode).toBe(1);
  expect(stderr).toContain(`"${words}" is not a gocker command`);
  expect(stderr).toContain(hint);
  expect(opened).toEqual([]);
});

test('help needs no engine: alone, for a group, for each command, in every spelling', async () => {
  for (const argv of [[], ['--help'], ['-h'], ['help']])
    expect(await printed(argv)).toMatch(/\n {2}images +List images\n/);
  for (const argv of [['image'], ['image', '--help']])
    expect(await printed(argv)).toMatch(/\n {2}image ls +List images\n/);
  for (const { spellings } of catalogue) {
    const [name = ''] = spellings;
    const text = await printed([name, '--help']);
    expect(text).toMatch(new RegExp(`^Usage: {2}gocker ${name}\\b`));
    expect(await printed(['help', ...name.split(' ')])).toBe(text);
  }
  expect(await printed(['image', 'ls', '--help'])).toBe(await printed(['images', '--help']));
});

test('the help of run names every flag with its letter', async () => {
  const text = await printed(['run', '--help']);
  expect(text).toContain('  -e, --env <list>');
  expect(text).toContain('      --no-fallback ');
  expect(text).not.toContain('(default: true)');
});

test('--version and version need no engine', async () => {
  const version = expect.stringMatching(/^gocker version \d+\.\d+\.\d+\n$/);
  for (const flag of ['--version', '-v'])
    expect(await gocker([flag])).toMatchObject({ exitCode: 0, stdout: version, opened: [] });
  const { stdout, opened } = await gocker(['version', '--format', '{{.Client.Version}} {{.Server.Version}}']);
  expect(stdout).toMatch(/^(\d+\.\d+\.\d+) \1\n$/);
  expect(opened).toEqual([]);
});

test('global flags stand before the command and open the engine', async () => {
  const env = { HOME: '/h' };
  const { opened } = await gocker(
    ['--root', '/a', '--runroot=/b', 'images', '-q'],
    { images: async () => [] },
    { env },
  );
  expect(opened).toEqual([{ root: '/a', run: '/b', env, onWarning: expect.any(Function) }]);
  expect(await gocker(['images', '--root', '/a'])).toMatchObject({ exitCode: 125 });
});

test('rmi prints what it did, goes on after a failure and remembers it', async () => {
  const removeImage = async (image: string) => {
    if (image === 'nope') throw new GockerError('IMAGE_NOT_FOUND', 'cannot find image "nope": it is not here');
    return [
      { kind: 'untagged', reference: `${image}:latest` },
      { kind: 'deleted', digest },
    ] as const;
  };
  const outcome = await gocker(['rmi', 'a', 'nope', 'b'], { removeImage });
  expect(outcome).toMatchObject({ exitCode: 1, stderr: 'gocker: cannot find image "nope": it is not here\n' });
  expect(outcome.stdout).toBe(`Untagged: a:latest\nDeleted: ${digest}\nUntagged: b:latest\nDeleted: ${digest}\n`);
  expect(await gocker(['rmi', 'nope', '-f'], { removeImage })).toMatchObject({ exitCode: 0 });
});

test('inspect prints an array of all it finds, containers before images before volumes, and names what it does not', async () => {
  const missing = async (name: string): Promise<never> => {
    throw new GockerError('CONTAINER_NOT_FOUND', `no ${name}`);
  };
  const inspectImage = async (name: string) => (name === 'alpine' ? image : missing(name));
  const outcome = await gocker(['inspect', 'alpine', 'nope'], {
    inspectContainer: missing,
    inspectImage,
    inspectNetwork: missing,
    inspectVolume: missing,
  });
  expect(outcome.exitCode).toBe(1);
  expect(JSON.parse(outcome.stdout)).toMatchObject([
    { Id: digest, Config: { Cmd: ['/bin/sh'], Entrypoint: null, Labels: null } },
  ]);
  expect(outcome.stdout).toMatch(/^\[\n {4}\{\n {8}"Id"/);
  expect(outcome.stderr).toContain('cannot inspect "nope"');
  const format = '{{.Config.Cmd}} {{.Config.Entrypoint}} {{.Config.Labels}} {{json .Config.User}}';
  const formatted = await gocker(['image', 'inspect', '-f', format, 'alpine'], {
    inspectContainer: missing,
    inspectImage,
  });
  expect(formatted.stdout).toBe('[/bin/sh] [] map[] ""\n');
});

const image = {
  Id: digest,
  RepoTags: ['alpine:latest'],
  RepoDigests: [],
  Comment: '',
  Created: '2025-01-01T00:00:00Z',
  Author: '',
  Config: { Cmd: ['/bin/sh'] },
  Architecture: 'amd64',
  Os: 'linux',
  Size: 1,
  GraphDriver: { Name: 'directory', Data: {} },
  RootFS: { Type: 'layers' as const, Layers: [] },
};

test('history prints the table that docker prints, with steps cut and control characters shown', async () => {
  const history = async () => [
    {
      id: digest,
      created: '2025-01-30T12:00:00Z',
      createdBy: `RUN ${'x'.repeat(60)}`,
      size: 1000,
      comment: 'buildkit',
    },
    { id: undefined, created: undefined, createdBy: 'ADD \u001b[31m', size: 0, comment: '' },
  ];
  const { stdout } = await gocker(['history', 'alpine'], { history });
  expect(stdout.split('\n')).toEqual([
    'IMAGE          CREATED        CREATED BY                                      SIZE      COMMENT',
    `abababababab   24 hours ago   RUN ${'x'.repeat(40)}…   1kB       buildkit`,
    '<missing>      N/A            ADD \\x1b[31m                                    0B        ',
    '',
  ]);
  const plain = await gocker(['history', '--human=false', '--no-trunc', '--format', '{{.ID}} {{.Size}}', 'x'], {
    history,
  });
  expect(plain.stdout).toBe(`${digest} 1000\n<missing> 0\n`);
});

test('verify tells each fault, sums up and exits with 1 where the store is not sound', async () => {
  const finding = {
    object: digest,
    kind: 'blob',
    state: 'corrupt',
    reason: 'its bytes differ',
    neededBy: ['alpine:latest'],
  } as const;
  const engine = {
    verify: async (options: { onFinding?: (found: typeof finding) => void } = {}) => {
      options.onFinding?.(finding);
      return { checked: 3, bytes: 2000, findings: [finding], sound: false };
    },
  };
  expect(await gocker(['verify'], engine)).toMatchObject({
    exitCode: 1,
    stdout: `corrupt blob ${digest}: its bytes differ (needed by alpine:latest)\n3 objects, 2kB: 1 not sound\n`,
  });
});

test('an error is told once, with its hint; its causes only with --debug', async () => {
  const tag = async () => {
    throw new GockerError('X', 'cannot tag "a": no', { hint: 'Do this.', cause: new Error('deep') });
  };
  const plain = await gocker(['tag', 'a', 'b'], { tag });
  expect(plain).toMatchObject({ exitCode: 1, stdout: '', stderr: 'gocker: cannot tag "a": no\nhint: Do this.\n' });
  for (const [argv, env] of [
    [['-D', 'tag', 'a', 'b'], {}],
    [['tag', 'a', 'b'], { GOCKER_DEBUG: '1' }],
  ] as const) {
    expect((await gocker(argv, { tag }, { env })).stderr).toContain('cause: Error: deep');
  }
});

test('an error that quotes a hostile text leaves the terminal alone', async () => {
  const tag = async () => {
    throw new GockerError('X', 'the registry says "\u001b[2J"\nand more');
  };
  expect((await gocker(['tag', 'a', 'b'], { tag })).stderr).toBe('gocker: the registry says "\\x1b[2J"\nand more\n');
});

test('a fault of ours shows its stack and asks for a report', async () => {
  const tag = async () => {
    throw new TypeError('x is undefined');
  };
  const { exitCode, stderr } = await gocker(['tag', 'a', 'b'], { tag });
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/TypeError: x is undefined\n +at /);
  expect(stderr).toContain('please report it');
});
