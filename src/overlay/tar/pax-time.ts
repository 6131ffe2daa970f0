/**
 * Times of a pax header, POSIX.1-2017 pax §"pax Extended Header File Times": decimal seconds since 1970, with any number of
 * digits after the point; "-1.25" lies before 1970. Digits past the nanosecond are cut off, as other readers do.
 */
import type { Timespec } from '../../syscall/index.ts';
import { layerError } from '../layer-error.ts';

/** @throws GockerError `LAYER_MALFORMED` */
export function paxTime(text: string): Timespec {
  const match = /^(-?)(\d{1,15})(?:\.(\d*))?$/.exec(text);
  if (match === null) {
    const shown = JSON.stringify(text.slice(0, 40));
    throw layerError('LAYER_MALFORMED', `cannot read a pax header: mtime is ${shown} (expected decimal seconds)`);
  }
  const [, sign, whole, fraction = ''] = match;
  const seconds = Number(whole);
  const nanoseconds = Number(fraction.slice(0, 9).padEnd(9, '0'));
  if (sign === '') return { seconds, nanoseconds };
  // A timespec counts its nanoseconds forwards: −1.25 is −2 s + 0.75 s.
  return nanoseconds === 0
    ? { seconds: 0 - seconds, nanoseconds }
    : { seconds: -seconds - 1, nanoseconds: 1e9 - nanoseconds };
}
