/** The texts after `ps --filter`. */
import type { ContainerFilters } from '../../engine/index.ts';
import { flagError, UsageError } from '../usage-error.ts';

const statuses = ['created', 'running', 'paused', 'restarting', 'removing', 'exited', 'dead'] as const;
const healths = ['none', 'starting', 'healthy', 'unhealthy'] as const;

type Reader = (values: readonly string[]) => ContainerFilters;

const readers: Readonly<Record<string, Reader>> = {
  id: (ids) => ({ ids }),
  name: (names) => ({ names }),
  label: (labels) => ({ labels }),
  exited: (values) => ({ exited: values.map(readCode) }),
  status: (values) => ({ statuses: values.map((value) => oneOf(statuses, { key: 'status', what: 'state', value })) }),
  ancestor: (ancestors) => ({ ancestors }),
  before: (values) => last('before', values),
  since: (values) => last('since', values),
  volume: (volumes) => ({ volumes }),
  network: (networks) => ({ networks }),
  health: (values) => ({ health: values.map((value) => oneOf(healths, { key: 'health', what: 'health', value })) }),
};

/** docker's that there is nothing for here, told apart from what nobody knows. */
const elsewhere: Readonly<Record<string, string>> = {
  'is-task': 'There are no swarms here.',
  publish: 'Ports are not published yet.',
  expose: 'Ports are not published yet.',
};

/** @throws UsageError */
export function readContainerFilters(conditions: readonly string[]): ContainerFilters {
  const values = new Map<string, string[]>();
  for (const condition of conditions) {
    const equals = condition.indexOf('=');
    if (equals < 0) {
      const is = 'bad format of filter (expected name=value)';
      throw flagError('ps', `invalid argument ${JSON.stringify(condition)} for "-f, --filter" flag: ${is}`);
    }
    const key = condition.slice(0, equals).trim().toLowerCase();
    values.set(key, [...(values.get(key) ?? []), condition.slice(equals + 1).trim()]);
  }
  const parts = [...values].map(([key, given]) => readerOf(key)(given));
  return Object.assign({}, ...parts) as ContainerFilters;
}

function readerOf(key: string): Reader {
  const reader = Object.hasOwn(readers, key) ? readers[key] : undefined;
  if (reader !== undefined) return reader;
  throw new UsageError('ps', `invalid filter '${key}' (expected ${Object.keys(readers).join(', ')})`, {
    exitCode: 1,
    ...(elsewhere[key] === undefined ? {} : { suggestion: elsewhere[key] }),
  });
}

function readCode(value: string): number {
  if (/^[+-]?\d+$/.test(value)) return Number(value);
  throw new UsageError('ps', `invalid filter 'exited=${value}': it is no whole number (expected an exit code)`, {
    exitCode: 1,
  });
}

function oneOf<T extends string>(
  known: readonly T[],
  { key, what, value }: { readonly key: string; readonly what: string; readonly value: string },
): T {
  const found = known.find((candidate) => candidate === value);
  if (found !== undefined) return found;
  const is = `invalid value for ${what} (${value}): must be one of ${known.join(', ')}`;
  throw new UsageError('ps', `invalid filter '${key}=${value}': ${is}`, { exitCode: 1 });
}

/** Of several, the last one counts. */
function last(key: 'before' | 'since', values: readonly string[]): ContainerFilters {
  return { [key]: values.at(-1) ?? '' };
}
