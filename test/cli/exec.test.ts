/** `gocker exec` and what the engine is asked for. */
import { expect, test } from 'vitest';
import type { Engine, ExecOptions } from '../../src/engine/index.ts';
import { GockerError } from '../../src/errors/index.ts';
import { gocker } from './fake-engine.ts';

interface Asked {
  readonly how: 'exec' | 'execDetached';
  readonly container: string;
  readonly options: ExecOptions;
}

async function ask(argv: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const asked: Asked[] = [];
  const methods: Partial<Engine> = {
    exec: async (container, options) => {
      asked.push({ how: 'exec', container, options });
      return {
        id: 'e'.repeat(64),
        pid: 7,
        stdin: undefined,
        copyOutput: async () => {},
        kill: () => {},
        resize: () => {},
        wait: async () => ({ exitCode: 3 }),
      } as unknown as Awaited<ReturnType<Engine['exec']>>;
    },
    execDetached: async (container, options) => {
      asked.push({ how: 'execDetached', container, options });
      return { id: 'e'.repeat(64) };
    },
  };
  const outcome = await gocker(argv, methods, { env });
  return { ...outcome, asked: asked[0] };
}

test('exec hands its flags to the engine, what follows the container to the command, and gives back its exit code', async () => {
  const flags = ['-e', 'A=1', '-e', 'OWN', '-u', 'app:7', '-w', '/srv', '--privileged'];
  const { exitCode, asked } = await ask(['exec', ...flags, 'web', 'ls', '-u', '/'], { OWN: 'mine' });
  expect(exitCode).toBe(3);
  expect(asked?.how).toBe('exec');
  expect(asked?.container).toBe('web');
  expect(asked?.options).toMatchObject({
    command: ['ls', '-u', '/'],
    env: ['A=1', 'OWN=mine'],
    user: 'app:7',
    workdir: '/srv',
    privileged: true,
    interactive: false,
    tty: false,
  });
});

test('exec -d is another call, says nothing, and wants no terminal for -it', async () => {
  const { exitCode, stdout, stderr, asked } = await ask(['container', 'exec', '-dit', 'web', 'true']);
  expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  expect(asked).toMatchObject({ how: 'execDetached', container: 'web', options: { command: ['true'], tty: true } });
});

test('exec wants a container and a command', async () => {
  const { exitCode, stderr } = await ask(['exec', 'web']);
  expect(exitCode).toBe(1);
  expect(stderr).toContain('requires at least 2 arguments');
});

test('exec ends as docker does: 127 and 126 for the command, 127 for its directory, 1 for all else of ours', async () => {
  const codes = {
    COMMAND_NOT_FOUND: 127,
    COMMAND_NOT_EXECUTABLE: 126,
    WORKDIR_UNUSABLE: 127,
    CONTAINER_NOT_RUNNING: 1,
    USER_NOT_FOUND: 1,
  };
  for (const [code, expected] of Object.entries(codes)) {
    const exec = () => Promise.reject(new GockerError(code, 'cannot'));
    expect((await gocker(['exec', 'web', 'x'], { exec })).exitCode, code).toBe(expected);
  }
});
