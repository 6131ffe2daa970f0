/**
 * Lengths of time as docker's users write them, Go's time.ParseDuration:
 *
 *   duration ::= ["+" | "-"] ("0" | (number unit)+)
 *   number   ::= digit+ ["." digit*] | "." digit+
 *   unit     ::= "ns" | "us" | "µs" | "ms" | "s" | "m" | "h"
 */
const nanoseconds: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};
const part = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/y;

/** Nanoseconds; undefined where the text is no duration. */
export function parseDuration(text: string): number | undefined {
  const sign = text.startsWith('-') ? -1 : 1;
  const rest = text.replace(/^[+-]/, '');
  if (rest === '0') return 0;
  let sum = 0;
  part.lastIndex = 0;
  while (part.lastIndex < rest.length) {
    const [, number, unit = ''] = part.exec(rest) ?? [];
    if (number === undefined) return undefined;
    sum += Number(number) * (nanoseconds[unit] ?? 0);
  }
  return rest === '' ? undefined : sign * Math.round(sum);
}

/** `1h30m0s`, `1.5s`, `100ms`: as Go prints it. */
export function formatDuration(length: number): string {
  if (length === 0) return '0s';
  if (length < 0) return `-${formatDuration(-length)}`;
  for (const unit of ['ns', 'µs', 'ms'] as const) {
    if (length < (nanoseconds[unit] ?? 0) * 1000 && length < 1e9) return `${length / (nanoseconds[unit] ?? 1)}${unit}`;
  }
  const minutes = Math.floor(length / 60e9);
  const seconds = `${(length - minutes * 60e9) / 1e9}s`;
  if (minutes === 0) return seconds;
  return minutes < 60 ? `${minutes}m${seconds}` : `${Math.floor(minutes / 60)}h${minutes % 60}m${seconds}`;
}
