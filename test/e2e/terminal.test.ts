/** `run -it` on a real terminal, that of script(1). */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { alpine, cli, Host, isRoot } from './host.ts';

const script = '/usr/bin/script';

describe.skipIf(alpine === undefined || !isRoot || !existsSync(script))('run -it (root, ../shared, script)', () => {
  let host: Host;

  beforeAll(async () => {
    host = new Host();
    await host.ok(['pull', '-q', 'alpine'], { env: { GOCKER_ALPINE_TARBALL: alpine } });
  });

  afterAll(async () => {
    const left = await host.remains();
    host.close();
    expect(left).toEqual([]);
  });

  /** Types the lines, one after each time that the prompt is seen, and gives back everything that the terminal showed. */
  async function typeInto(
    command: string,
    lines: readonly string[],
  ): Promise<{ shown: string; exitCode: number | null }> {
    const child = spawn(script, ['-qefc', command, '/dev/null'], { env: host.env, cwd: host.folder });
    let shown = '';
    const waiting = [...lines];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      shown += text;
      if (/[#$] (?:\x1b\[6n)?$/.test(text) && waiting.length > 0) child.stdin.write(`${waiting.shift()}\n`);
    });
    const exitCode = await new Promise<number | null>((resolve) => child.on('close', resolve));
    return { shown, exitCode };
  }

  test('a shell has a terminal of the right size, a controlling one, and its exit code comes back', async () => {
    const inside = `${process.execPath} ${cli} run --rm -it alpine sh`;
    const { shown, exitCode } = await typeInto(
      `stty rows 33 cols 101; ${inside}; code=$?; stty -a | head -n 1; exit $code`,
      ['stty size', 'tty', 'echo x | cat > /dev/tty', 'exit 5'],
    );
    expect(shown).toContain('33 101');
    expect(shown).toMatch(/\/dev\/(?:pts\/0|console)/);
    expect(shown).toMatch(/\nx\r?\n/);
    // The terminal is as it was: with echo and line editing.
    expect(shown).toContain('rows 33; columns 101');
    expect(exitCode).toBe(5);
  });

  test('the terminal is restored', async () => {
    const inside = `${process.execPath} ${cli} run --rm -it alpine true`;
    const { shown } = await typeInto(
      `stty -a > before; ${inside}; stty -a > after; cmp before after && echo restored`,
      [],
    );
    expect(shown).toContain('restored');
  });

  test('-t without a terminal on stdin is refused, as docker does', async () => {
    const { exitCode, stderr } = await host.gocker(['run', '--rm', '-it', 'alpine', 'true']);
    expect(stderr).toContain('the input device is not a TTY');
    expect(exitCode).toBe(125);
  });
});
