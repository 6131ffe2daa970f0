/**
 * HEALTHCHECK's argument, Dockerfile(5), as image configs have it (times in nanoseconds):
 *
 *   healthcheck ::= "NONE" | (option blank+)* "CMD" blank+ (list | command)
 *   option      ::= "--" ("interval" | "timeout" | "start-period" | "start-interval" | "retries") "=" value
 */
import type { Healthcheck } from '../../oci/index.ts';
import { readList } from './words.ts';

const times = {
  interval: 'Interval',
  timeout: 'Timeout',
  'start-period': 'StartPeriod',
  'start-interval': 'StartInterval',
} as const;
const units: Readonly<Record<string, number>> = { h: 3600e9, m: 60e9, s: 1e9, ms: 1e6, us: 1e3, µs: 1e3, ns: 1 };

/** Undefined for what is none. */
export function readHealthcheck(text: string): Healthcheck | undefined {
  if (/^NONE$/i.test(text)) return { Test: ['NONE'] };
  const [, options = '', command] = /^((?:--\S+\s+)*)CMD\s+(.+)$/is.exec(text) ?? [];
  if (command === undefined) return undefined;
  const list = readList(command);
  let found: Healthcheck = { Test: list === undefined ? ['CMD-SHELL', command] : ['CMD', ...list] };
  for (const option of options.split(/\s+/).filter((word) => word !== '')) {
    const next = withOption(found, option);
    if (next === undefined) return undefined;
    found = next;
  }
  return found;
}

function withOption(check: Healthcheck, option: string): Healthcheck | undefined {
  const [, name = '', value = ''] = /^--([\w-]+)=(.+)$/.exec(option) ?? [];
  if (name === 'retries') return /^\d+$/.test(value) ? { ...check, Retries: Number(value) } : undefined;
  const nanoseconds = duration(value);
  if (!Object.hasOwn(times, name) || nanoseconds === undefined) return undefined;
  return { ...check, [times[name as keyof typeof times]]: nanoseconds };
}

/** Go's: `1m30s`, `1.5s`. */
function duration(text: string): number | undefined {
  if (!/^(?:\d+(?:\.\d+)?(?:h|ms|m|s|us|µs|ns))+$/.test(text)) return undefined;
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s|us|µs|ns)/g)];
  return Math.round(parts.reduce((sum, [, number, unit = '']) => sum + Number(number) * (units[unit] ?? 0), 0));
}
