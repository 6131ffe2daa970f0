/** Signals by name and number, signal(7). The numbering of x86-64 and arm64; real-time signals counted as glibc does. */
import { constants } from 'node:os';
import { GockerError } from '../../errors/index.ts';

const firstRealTime = 34;
const lastRealTime = 64;

const numbers = new Map<string, number>(Object.entries(constants.signals));
const names = new Map<number, string>();
for (const [name, number] of numbers) {
  // SIGIOT, SIGPOLL and SIGUNUSED are second names of SIGABRT, SIGIO and SIGSYS.
  if (!names.has(number) && name !== 'SIGIOT' && name !== 'SIGPOLL' && name !== 'SIGUNUSED') names.set(number, name);
}

/**
 * @param signal `SIGTERM`, `TERM`, `term`, `15`, `RTMIN+3`, `RTMAX-1` or a number
 * @returns 1 … 64
 * @throws GockerError `SIGNAL_UNKNOWN`
 */
export function signalNumber(signal: string | number): number {
  const number = typeof signal === 'number' ? signal : parseSignal(signal);
  if (number !== undefined && Number.isInteger(number) && number >= 1 && number <= lastRealTime) return number;
  throw new GockerError(
    'SIGNAL_UNKNOWN',
    `cannot send signal "${signal}": there is none of that name (expected SIGTERM, TERM, 15, RTMIN+1 …)`,
    { hint: 'The names are those of signal(7).' },
  );
}

/** `SIGTERM` for 15, `SIGRTMIN+3` for 37; `signal 32` for the two that libc keeps to itself. */
export function signalName(number: number): string {
  if (number >= firstRealTime && number <= lastRealTime) {
    return number === firstRealTime ? 'SIGRTMIN' : `SIGRTMIN+${number - firstRealTime}`;
  }
  return names.get(number) ?? `signal ${number}`;
}

function parseSignal(text: string): number | undefined {
  if (/^\d{1,3}$/.test(text)) return Number(text);
  const upper = text.toUpperCase();
  const name = upper.startsWith('SIG') ? upper : `SIG${upper}`;
  const realTime = /^SIGRT(?:MIN(?:\+(\d{1,2}))?|MAX(?:-(\d{1,2}))?)$/.exec(name);
  if (realTime === null) return numbers.get(name);
  const number = name.startsWith('SIGRTMIN')
    ? firstRealTime + Number(realTime[1] ?? 0)
    : lastRealTime - Number(realTime[2] ?? 0);
  return number < firstRealTime || number > lastRealTime ? undefined : number;
}
