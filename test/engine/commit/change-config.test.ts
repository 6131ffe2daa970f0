import { describe, expect, test } from 'vitest';
import { changeConfig } from '../../../src/engine/commit/change-config.ts';
import { splitWords } from '../../../src/engine/commit/words.ts';
import type { ExecutionConfig } from '../../../src/oci/index.ts';

const base: ExecutionConfig = {
  Env: ['PATH=/bin', 'X=old'],
  Cmd: ['old'],
  WorkingDir: '/work',
  Labels: { kept: 'yes' },
};

describe('changeConfig()', () => {
  test.each<[string, Partial<ExecutionConfig>]>([
    ['CMD ["x", "y z"]', { Cmd: ['x', 'y z'] }],
    ['CMD x $HOME "y"', { Cmd: ['/bin/sh', '-c', 'x $HOME "y"'] }],
    ['cmd ["x"]', { Cmd: ['x'] }],
    ['ENV A=b C="d e" X=new', { Env: ['PATH=/bin', 'X=new', 'A=b', 'C=d e'] }],
    ['ENV A b  c', { Env: ['PATH=/bin', 'X=old', 'A=b  c'] }],
    [`ENV A=$X/\${NONE:-n}\${X:+p}\\$X`, { Env: ['PATH=/bin', 'X=old', 'A=old/np$X'] }],
    ["ENV A='$X'", { Env: ['PATH=/bin', 'X=old', 'A=$X'] }],
    ['EXPOSE 80 5000-5001/udp', { ExposedPorts: { '80/tcp': {}, '5000/udp': {}, '5001/udp': {} } }],
    ['LABEL a=1 "b c"=2', { Labels: { kept: 'yes', a: '1', 'b c': '2' } }],
    ['USER 1000:1000', { User: '1000:1000' }],
    ['VOLUME ["/a b"]', { Volumes: { '/a b': {} } }],
    ['VOLUME /a /b', { Volumes: { '/a': {}, '/b': {} } }],
    ['WORKDIR sub', { WorkingDir: '/work/sub' }],
    ['WORKDIR /abs/', { WorkingDir: '/abs' }],
    ['STOPSIGNAL SIGINT', { StopSignal: 'SIGINT' }],
    ['ONBUILD RUN make', { OnBuild: ['RUN make'] }],
    ['HEALTHCHECK NONE', { Healthcheck: { Test: ['NONE'] } }],
    [
      'HEALTHCHECK --interval=1m30s --retries=3 CMD curl -f localhost',
      { Healthcheck: { Test: ['CMD-SHELL', 'curl -f localhost'], Interval: 90e9, Retries: 3 } },
    ],
    ['HEALTHCHECK --timeout=500ms CMD ["true"]', { Healthcheck: { Test: ['CMD', 'true'], Timeout: 5e8 } }],
  ])('%s', (change, expected) => {
    expect(changeConfig(base, [change])).toEqual({ ...base, ...expected });
  });

  test('an entrypoint takes the command of before away, but none that came with it', () => {
    const { Cmd: _, ...rest } = base;
    expect(changeConfig(base, ['ENTRYPOINT ["e"]'])).toEqual({ ...rest, Entrypoint: ['e'] });
    expect(changeConfig(base, ['CMD ["c"]', 'ENTRYPOINT ["e"]'])).toMatchObject({ Entrypoint: ['e'], Cmd: ['c'] });
    expect(changeConfig(base, ['ENTRYPOINT ["e"]', 'CMD ["c"]'])).toMatchObject({ Entrypoint: ['e'], Cmd: ['c'] });
  });

  test.each([
    ['RUN x', 'RUN is not a valid change command'],
    ['BOGUS x', 'BOGUS is not a valid change command'],
    ['ENV', 'ENV requires at least one argument'],
    ['ENV A', 'expected NAME=value'],
    ['ENV A=b c', 'expected NAME=value'],
    ['EXPOSE web', 'expected a port'],
    ['EXPOSE 90-80', 'expected a port'],
    ['HEALTHCHECK --interval=x CMD y', 'expected NONE'],
    ['HEALTHCHECK curl', 'expected NONE'],
    ['ONBUILD FROM x', 'expected another instruction'],
  ])('%s is refused: %s', (change, message) => {
    expect(() => changeConfig(base, [change])).toThrow(
      expect.objectContaining({ code: 'CHANGE_INVALID', message: expect.stringContaining(message) }),
    );
  });
});

test('splitWords() takes quotes off, keeps what they hold together, and ends no word at a quoted blank', () => {
  const lookup = (name: string) => (name === 'V' ? 'a b' : undefined);
  expect(splitWords(`one "two three"'four "five"' six\\ seven "$V"$V '$V' "\\"" ''`, lookup)).toEqual([
    'one',
    'two threefour "five"',
    'six seven',
    'a ba b',
    '$V',
    '"',
    '',
  ]);
});
