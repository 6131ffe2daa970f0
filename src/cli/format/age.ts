/** Times as docker prints them: `2 weeks ago`, `2024-09-06 22:20:07 +0000 UTC`. */

const MINUTE = 60;
const HOUR = 3600;
const DAY = 24;
const WEEK = 7 * DAY;
const MONTH = 30 * DAY;
const YEAR = 365 * DAY;

/** @param created RFC 3339 @param now milliseconds since the epoch. @returns `N/A` where the time is not known */
export function formatAge(created: string | undefined, now: number): string {
  const time = Date.parse(created ?? '');
  return Number.isNaN(time) ? 'N/A' : `${formatDuration((now - time) / 1000)} ago`;
}

/** In docker's steps: each unit goes on to twice the next one, so that there is "13 days" and "7 weeks". */
function formatDuration(seconds: number): string {
  if (seconds < 1) return 'Less than a second';
  if (seconds < 2) return '1 second';
  if (seconds < MINUTE) return `${Math.floor(seconds)} seconds`;
  if (seconds < 2 * MINUTE) return 'About a minute';
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)} minutes`;
  const hours = Math.floor(seconds / HOUR + 0.5);
  if (hours === 1) return 'About an hour';
  if (hours < 2 * DAY) return `${hours} hours`;
  if (hours < 2 * WEEK) return `${Math.floor(hours / DAY)} days`;
  if (hours < 2 * MONTH) return `${Math.floor(hours / WEEK)} weeks`;
  if (hours < 2 * YEAR) return `${Math.floor(hours / MONTH)} months`;
  return `${Math.floor(hours / YEAR)} years`;
}

/** Go's time.String() in the zone of this machine; `N/A` where the time is not known. */
export function formatTime(created: string | undefined): string {
  const time = Date.parse(created ?? '');
  if (Number.isNaN(time)) return 'N/A';
  const offset = -new Date(time).getTimezoneOffset();
  const local = new Date(time + offset * 60_000).toISOString();
  const sign = offset < 0 ? '-' : '+';
  const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60].map((part) => pad(part));
  const zone = `${sign}${hours}${minutes}`;
  return `${local.slice(0, 10)} ${local.slice(11, 19)} ${zone} ${offset === 0 ? 'UTC' : zoneName(time, zone)}`;
}

/** RFC 3339 in the zone of this machine: `2024-09-06T22:20:07Z`. */
export function formatTimestamp(created: string | undefined): string {
  const [day, clock, zone] = formatTime(created).split(' ');
  if (clock === undefined || zone === undefined) return 'N/A';
  return `${day}T${clock}${zone === '+0000' ? 'Z' : `${zone.slice(0, 3)}:${zone.slice(3)}`}`;
}

function zoneName(time: number, zone: string): string {
  const parts = new Intl.DateTimeFormat('en', { timeZoneName: 'short' }).formatToParts(time);
  const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? zone;
  return name.startsWith('GMT') ? zone : name;
}

function pad(part: number): string {
  return String(part).padStart(2, '0');
}
