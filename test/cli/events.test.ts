import { expect, test } from 'vitest';
import type { EngineEvent } from '../../src/engine/index.ts';
import { gocker } from './fake-engine.ts';

const started: EngineEvent = {
  Type: 'container',
  Action: 'start',
  Actor: { ID: '1'.repeat(64), Attributes: { name: 'web', image: 'alpine' } },
  scope: 'local',
  time: 1_738_324_800,
  timeNano: 1_738_324_800_000_123_000,
};
const created: EngineEvent = {
  ...started,
  Type: 'volume',
  Action: 'create',
  Actor: { ID: 'data', Attributes: {} },
};

const asked: unknown[] = [];
const engine = {
  async *events(options?: object) {
    asked.push(options);
    yield started;
    yield created;
  },
};

test("events prints docker's lines", async () => {
  const { stdout } = await gocker(['events', '--until', '0'], engine);
  const [first, second] = stdout.split('\n');
  expect(first).toMatch(
    /^2025-01-31T\d\d:\d\d:00\.000123000(?:Z|[+-]\d\d:\d\d) container start 1{64} \(image=alpine, name=web\)$/,
  );
  expect(second).toMatch(/ volume create data$/);
});

test("events --format json prints docker's objects, the keys that it gave up first", async () => {
  const { stdout } = await gocker(['events', '--format', 'json'], engine);
  expect(stdout.split('\n')[0]).toBe(
    `{"status":"start","id":"${'1'.repeat(64)}","from":"alpine","Type":"container","Action":"start","Actor":{"ID":"${'1'.repeat(64)}","Attributes":{"name":"web","image":"alpine"}},"scope":"local","time":1738324800,"timeNano":1738324800000123000}`,
  );
  expect((await gocker(['events', '--format', '{{json .}}'], engine)).stdout).toBe(stdout);
});

test.each([
  ['{{.Action}} {{.Actor.Attributes.name}} {{.From}}', 'start web alpine'],
  ['{{.Time}} {{.TimeNano}} {{.Scope}} {{.Status}}', '1738324800 1738324800000123000 local start'],
])("events --format '%s' is executed on docker's names", async (format, line) => {
  const onlyContainers = {
    async *events() {
      yield started;
    },
  };
  expect((await gocker(['events', '--format', format], onlyContainers)).stdout).toBe(`${line}\n`);
});

test('events asks for what its flags say', async () => {
  const argv = [
    'events',
    '--since',
    '10m',
    '--until',
    '5m',
    '-f',
    'type=container',
    '-f',
    'event=die',
    '-f',
    'event=start',
  ];
  await gocker([...argv, '--filter', 'label=a=b'], engine);
  expect(asked.at(-1)).toMatchObject({
    since: '10m',
    until: '5m',
    filters: { types: ['container'], events: ['die', 'start'], labels: ['a=b'] },
  });
});

test.each(['name=web', 'start', '=x', 'constructor=1'])('events refuses the filter "%s"', async (filter) => {
  const { exitCode, stderr } = await gocker(['events', '-f', filter], engine);
  expect(exitCode).toBe(125);
  expect(stderr).toContain(
    `invalid filter "${filter}" (expected container=, event=, image=, label=, network=, type=, volume=)`,
  );
});

test('the control characters of a name are shown, not obeyed', async () => {
  const hostile = {
    async *events() {
      yield { ...created, Actor: { ID: 'data', Attributes: { label: '\u001b[2J\n' } } };
    },
  };
  expect((await gocker(['events'], hostile)).stdout).toContain('(label=\\x1b[2J\\x0a)\n');
});
