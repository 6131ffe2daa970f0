/**
 * The monitor of a container as the kernel calls that it makes, in a loop: docs/design/0010-the-monitor-is-a-tape.md. Pure: nothing
 * is read, nothing is done.
 */
import type { KernelCall } from '../../syscall/index.ts';
import { arrive, settle } from './arrive.ts';
import { end, undo } from './end.ts';
import type { MonitorInput } from './input.ts';
import type { Place } from './places.ts';
import { awaitGo, makePulse, pulse, watch } from './watch.ts';

/** The descriptors that it is given, by these names. */
export function givenPlaces({ stdio, cgroup, holds }: Pick<MonitorInput, 'stdio' | 'cgroup' | 'holds'>): Place[] {
  const given: Place[] = ['log', 'control', 'commands', 'exit', 'go'];
  if (!stdio.terminal) given.push('output', 'error');
  if (stdio.stdin && !stdio.terminal) given.push('stdin');
  if (cgroup.kill) given.push('kill');
  if (holds === true) given.push('held');
  return given;
}

/** To be played by a process that is to outlive us; its child plays the container's tape. @see cloneThrough */
export function planMonitor(input: MonitorInput): KernelCall[] {
  const given = givenPlaces(input);
  const beats = input.pulse !== undefined;
  return [
    ...arrive(input, given),
    ...(beats ? makePulse() : []),
    ...settle(given, beats ? ['timer', 'children'] : []),
    ...awaitGo(input, 'undo'),
    ...watch(input, 'end'),
    ...end(input, 'end'),
    ...undo(input, 'undo'),
    ...(input.pulse === undefined ? [] : pulse(input.pulse, input.host.ignoredSignals)),
  ];
}
