/** `stats`: what containers use, again and again. */
import { totalmem } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { readNetworkUsage, readUsage } from '../../runtime/index.ts';
import type { EngineContext } from '../context.ts';
import type { ContainerStats, StatsOptions } from '../options/observe-options.ts';
import type { ContainerRecord } from './record.ts';
import { cgroupOf } from './spec/resources.ts';
import { isUp } from './status.ts';

/** Before the first figures: long enough for a share of CPU time. */
const FIRST_INTERVAL = 250;

/**
 * @param names none: those that run at each measurement, so that some come and some go. Else it ends when all of them are gone
 * @throws GockerError `CONTAINER_NOT_FOUND`, `CONTAINER_AMBIGUOUS`; the signal's reason
 */
export async function* containerStats(
  context: EngineContext,
  names: readonly string[],
  { all = false, stream = true, interval = 1000, signal }: StatsOptions = {},
): AsyncGenerator<readonly ContainerStats[], void, undefined> {
  const wanted = names.map((asked) => ({ asked, id: context.containers.find(asked).id }));
  const look = () => {
    if (names.length > 0) {
      return wanted.flatMap(({ asked, id }) => {
        const record = context.containers.peek(id);
        return record === undefined ? [] : [{ asked, record }];
      });
    }
    const records = context.containers.list();
    return records.filter((record) => all || isUp(record)).map((record) => ({ asked: undefined, record }));
  };
  const meter = new Meter();
  for (const { record } of look()) meter.measure(record);
  for (let wait = Math.min(FIRST_INTERVAL, interval); ; wait = interval) {
    await setTimeout(wait, undefined, signal === undefined ? {} : { signal });
    const found = look();
    yield found.map(({ asked, record }) => ({ ...meter.measure(record), ...(asked === undefined ? {} : { asked }) }));
    if (!stream || (names.length > 0 && found.length === 0)) return;
  }
}

/** Remembers what was used before, to tell how fast CPU time goes. */
class Meter {
  readonly #before = new Map<string, { readonly cpu: number; readonly at: number }>();

  measure(record: ContainerRecord): ContainerStats {
    const { id, name, resources, process } = record;
    const known = { id, name };
    if (process === undefined || !isUp(record)) return { ...known, ...nothing };
    const { cpuNanoseconds, memoryLimit, ...usage } = readUsage(cgroupOf(id, resources?.cgroupParent)) ?? {};
    const machine = totalmem();
    return {
      ...known,
      running: true,
      ...this.#cpuPercent(id, cpuNanoseconds),
      ...usage,
      memoryLimit: Math.min(memoryLimit ?? machine, machine),
      // Where the network is the host's, so are its figures.
      ...(record.namespaces?.network === 'host' ? {} : readNetworkUsage(process.pid)),
    };
  }

  #cpuPercent(id: string, cpu: number | undefined): { readonly cpuPercent?: number } {
    if (cpu === undefined) return {};
    const at = performance.now();
    const before = this.#before.get(id);
    this.#before.set(id, { cpu, at });
    if (before === undefined || at <= before.at) return {};
    return { cpuPercent: (100 * Math.max(0, cpu - before.cpu)) / (1e6 * (at - before.at)) };
  }
}

const nothing = {
  running: false,
  cpuPercent: 0,
  memory: 0,
  memoryLimit: 0,
  received: 0,
  sent: 0,
  read: 0,
  written: 0,
  pids: 0,
};
