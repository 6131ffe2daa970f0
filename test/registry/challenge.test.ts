import { expect, test } from 'vitest';
import { parseChallenges } from '../../src/registry/challenge.ts';

function parse(header: string | string[] | undefined) {
  return parseChallenges(header).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);
}

test.each([
  [undefined, []],
  ['', []],
  ['Basic', [['basic', {}]]],
  ['Basic realm="x"', [['basic', { realm: 'x' }]]],
  ['bAsIc ReAlM="x"', [['basic', { realm: 'x' }]]],
  ['Basic realm=x', [['basic', { realm: 'x' }]]],
  ['Basic realm = "x" , charset = "UTF-8"', [['basic', { realm: 'x', charset: 'UTF-8' }]]],
  [
    'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:library/alpine:pull,push"',
    [
      [
        'bearer',
        {
          realm: 'https://auth.docker.io/token',
          service: 'registry.docker.io',
          scope: 'repository:library/alpine:pull,push',
        },
      ],
    ],
  ],
  ['Basic realm="a \\"quoted\\" \\\\ word"', [['basic', { realm: 'a "quoted" \\ word' }]]],
  ['Basic realm="a, b=c"', [['basic', { realm: 'a, b=c' }]]],
  [
    'Bearer realm="a",service="b", Basic realm="c"',
    [
      ['bearer', { realm: 'a', service: 'b' }],
      ['basic', { realm: 'c' }],
    ],
  ],
  [
    'Negotiate, Basic realm="c"',
    [
      ['negotiate', {}],
      ['basic', { realm: 'c' }],
    ],
  ],
  [
    'Negotiate YWJjZA==, Basic realm="c"',
    [
      ['negotiate', {}],
      ['basic', { realm: 'c' }],
    ],
  ],
  [
    ', ,Newauth realm="apps", type=1, title="Login to \\"apps\\"", Basic realm="simple",,',
    [
      ['newauth', { realm: 'apps', type: '1', title: 'Login to "apps"' }],
      ['basic', { realm: 'simple' }],
    ],
  ],
  ['Bearer realm="a",realm="b"', [['bearer', { realm: 'a' }]]],
  ['Bearer realm="a" error="invalid_token"', [['bearer', { realm: 'a', error: 'invalid_token' }]]],
  ['Bearer realm="never ends', [['bearer', {}]]],
])('parseChallenges(%j)', (header, expected) => {
  const parsed = parse(header);
  // What follows a fault is not read: whether a scheme comes of it is nobody's concern.
  expect(parsed.slice(0, expected.length)).toEqual(expected);
  if (!header?.includes('never')) expect(parsed.length).toBe(expected.length);
});

test('parseChallenges() reads several header lines', () => {
  expect(parse(['Bearer realm="a"', 'Basic realm="b"'])).toEqual([
    ['bearer', { realm: 'a' }],
    ['basic', { realm: 'b' }],
  ]);
});

test('parseChallenges() is done soon with a hostile header', () => {
  for (const part of ['a', 'a=', 'a="', '"\\', ' ', ',', 'a =', '='])
    expect(parseChallenges(part.repeat(8000)).length).toBeGreaterThanOrEqual(0);
});
