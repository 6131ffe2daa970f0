import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { alpine, Host, isRoot } from './host.ts';
import { until } from './until.ts';

const skip = !isRoot || alpine === undefined;
let host: Host;

beforeAll(async () => {
  if (!skip) host = await Host.withAlpine();
});
afterAll(() => {
  if (skip) return;
  const leftovers = host.leftovers();
  host.close();
  expect(leftovers).toEqual([]);
});

const actions = [
  'events',
  '--since',
  '0',
  '--until',
  '0s',
  '--format',
  '{{.Type}} {{.Action}} {{.Actor.Attributes.name}}',
];

test.skipIf(skip)('events tells of images, volumes and containers what was done to them, in its order', async () => {
  await host.ok(['tag', 'alpine', 'other:v1']);
  await host.ok(['rmi', 'other:v1']);
  await host.ok(['run', '--name', 'web', '-v', 'data:/data', 'alpine', 'true']);
  await host.ok(['rm', 'web']);
  await host.ok(['volume', 'rm', 'data']);
  const id = (await host.ok(['inspect', '-f', '{{.Id}}', 'alpine'])).trim();
  expect((await host.ok(actions)).trim().split('\n')).toEqual([
    'image pull alpine',
    'image tag other:v1',
    `image untag ${id}`,
    'container create web',
    'volume create <no value>',
    'container start web',
    'container die web',
    'container destroy web',
    'volume destroy <no value>',
  ]);
});

test.skipIf(skip)('events shows at once what happens, and ends when it is interrupted', async () => {
  const watching = host.start(['events', '-f', 'type=volume', '--format', '{{.Action}} {{.Actor.ID}}']);
  // Made again and again, since nobody can see from without that it is watching by now.
  let isSeen = false;
  const seen = watching.says('create live').then(() => {
    isSeen = true;
  });
  while (!isSeen) {
    await host.ok(['volume', 'create', 'live']);
    await host.ok(['volume', 'rm', 'live']);
  }
  await seen;
  watching.child.kill('SIGINT');
  expect((await watching.finished).exitCode).toBe(130);
});

test.skipIf(skip)('events ends by itself at --until', async () => {
  expect(await host.gocker(['events', '--until', '-300ms'])).toMatchObject({ exitCode: 0, stdout: '' });
});

test.skipIf(skip)('events shows the end of a container that nobody waits for at once, and tells it once', async () => {
  const format = ['-f', 'event=die', '--format', '{{.Actor.Attributes.name}} {{.Actor.Attributes.exitCode}}'];
  const watching = host.start(['events', '--since', '0', '-f', 'container=alone', ...format]);
  const gate = join(host.folder, 'gate');
  mkdirSync(gate);
  const script = 'until [ -e /gate/open ]; do sleep 0.05; done; exit 4';
  await host.ok(['run', '-d', '--name', 'alone', '-v', `${gate}:/gate`, 'alpine', 'sh', '-c', script]);
  writeFileSync(join(gate, 'open'), '');
  await watching.says('alone 4\n');
  watching.child.kill('SIGINT');
  await watching.finished;
  const told = ['events', '--since', '0', '--until', '0s', '-f', 'container=alone', ...format];
  expect(await host.ok(told)).toBe('alone 4\n');
  await host.ok(['rm', 'alone']);
});

test.skipIf(skip)('a container that vanishes with its end has one, and then it is destroyed', async () => {
  await host.ok(['run', '-d', '--rm', '--name', 'brief', 'alpine', 'sh', '-c', 'exit 5']);
  const told = ['events', '--since', '0', '--until', '0s', '-f', 'container=brief', '--format', '{{.Action}}'];
  await until('it is destroyed', async () => (await host.ok(told)).includes('destroy'));
  expect(await host.ok(told)).toBe('create\nstart\ndie\ndestroy\n');
  await until('nobody looks after it', async () => host.leftovers().length === 0);
});
