/** The monitor's tape as data: it can be laid out for both machines, and leads where it should. */
import { describe, expect, test } from 'vitest';
import type { MonitorInput } from '../../../src/runtime/monitor/input.ts';
import { firstFree, places } from '../../../src/runtime/monitor/places.ts';
import { givenPlaces, planMonitor } from '../../../src/runtime/monitor/plan-monitor.ts';
import { cloneCall } from '../../../src/syscall/clone-call.ts';
import type { KernelCall } from '../../../src/syscall/kernel-call.ts';
import { layOut } from '../../../src/syscall/tape/layout.ts';

const program = { file: '/usr/bin/node', argv: ['node', 'cli.cjs'], env: ['HOME=/root'] };

function input(changes: Partial<MonitorInput> = {}): MonitorInput {
  return {
    host: { architecture: 'x64', knowsMemfdExec: true, ignoredSignals: [13] },
    name: 'box',
    lent: {
      clone: cloneCall(['CLONE_NEWPID'], 'the container'),
      address: 0x7000n,
      length: 4096,
      first: 0x7100n,
      inherits: [20, 21, 21],
    },
    stdio: { stdin: false, terminal: false },
    makers: 0,
    log: { path: '/c/log' },
    exit: '/c/exit',
    cgroup: { directories: ['/cg/gocker/c'], perhaps: ['/cg/gocker'], kill: true, oom: ['/cg/gocker/c/memory.events'] },
    successor: { ...program, when: '/c/successor' },
    ...changes,
  };
}

const whole = { pulse: { ...program, everyMs: 1000 }, log: { path: '/c/log', maxSize: 100_000, maxFiles: 3 } };

function given(plan: MonitorInput): Record<string, number> {
  const names = ['lifeline', "parent's lifeline", 'tape', 'tape of the container', ...givenPlaces(plan)];
  return Object.fromEntries(names.map((name, index) => [name, 40 + index]));
}

describe.each(['x64', 'arm64'] as const)('planMonitor() for %s', (architecture) => {
  test.each([
    ['a plain one', {}],
    ['one with a terminal', { stdio: { stdin: true, terminal: true } }],
    ['one with stdin, makers, a pulse and rotation', { stdio: { stdin: true, terminal: false }, makers: 2, ...whole }],
    ['one without a cgroup', { cgroup: { directories: [], perhaps: [], kill: false, oom: [] } }],
  ])('makes a tape of %s, all of whose labels are there', (_, changes) => {
    const plan = input({ ...changes, host: { ...input().host, architecture } });
    const clone = cloneCall(['CLONE_PIDFD'], 'test');
    const { image } = layOut(planMonitor(plan), { architecture, clone, given: given(plan) });
    // All of it is the monitor's own memory.
    expect(image.size).toBeLessThan(64 * 1024);
  });
});

const calls = (changes: Partial<MonitorInput> = {}) => planMonitor(input(changes));
const labelled = (label: string, plan: readonly KernelCall[]) => plan.findIndex((call) => call.label === label);

test('labels are there once', () => {
  const labels = calls(whole).flatMap(({ label }) => label ?? []);
  expect(labels.filter((label, index) => labels.indexOf(label) !== index)).toEqual([]);
});

test('places are numbered without a gap, and what comes later lies behind them', () => {
  expect(Object.values(places)).toEqual([0, ...Array.from({ length: firstFree - 3 }, (_, index) => index + 3)]);
});

test('each descriptor that is inherited stays open once, and all places but those given point nowhere', () => {
  const kept = calls().filter(({ call, args }) => call === 'fcntl' && typeof args[0] === 'number' && args[2] === 0);
  expect(kept.map(({ args }) => args[0])).toEqual([20, 21]);
  const empty = calls().filter(({ call, args }) => call === 'dup3' && args[0] === places.never);
  expect(empty.map(({ args }) => args[1])).toEqual(
    expect.arrayContaining([places.stdin, places.timer, places.children]),
  );
});

test('it departs before it waits for the word, and dies without it', () => {
  const plan = calls();
  const departs = plan.findIndex((call) => call.departs);
  expect(plan[departs + 1]).toMatchObject({ call: 'recvmsg', atLeast: 1, otherwise: 'undo' });
  expect(plan[labelled('undo', plan)]).toMatchObject({
    call: 'pidfd_send_signal',
    args: [places.container, { value: 9 }, null, 0],
  });
});

test('what is told of the end is written before the cgroup goes, and the mark goes last', () => {
  const names = calls().map(({ call, args }) => `${call} ${args[1]}`);
  const end = names.slice(labelled('end', calls()), labelled('undo', calls()));
  const order = ['writev', 'renameat2 /c/exit.new', 'unlinkat /cg/gocker/c', 'faccessat /c/successor'].map((start) =>
    end.findLastIndex((name) => name.startsWith(start)),
  );
  expect(order).toEqual(order.toSorted((one, other) => one - other));
  expect(order).not.toContain(-1);
  expect(end.slice(-2).map((name) => name.split(' ')[0])).toEqual(['unlinkat', 'exit_group']);
});

test('older logs are renamed from the oldest on, after the new file is there', () => {
  const plan = calls(whole);
  const first = plan.findIndex(({ args }) => args[1] === '/c/log.new');
  const renamed = plan.slice(first, first + 4).map(({ args }) => [args[1], args[3]]);
  expect(renamed.slice(1)).toEqual([
    ['/c/log.1', '/c/log.2'],
    ['/c/log', '/c/log.1'],
    ['/c/log.new', '/c/log'],
  ]);
});
