/** Events as docker prints them. */
import type { EngineEvent } from '../../engine/index.ts';
import { openMap } from '../template/go-value.ts';
import { Template } from '../template/template.ts';
import { visible } from './text.ts';

/** @returns what makes an event's line @throws GockerError where the template is wrong */
export function eventFormatter(format: string | undefined): (event: EngineEvent) => string {
  if (format === undefined || format === '') return formatEvent;
  if (format === 'json') return (event) => `${JSON.stringify(wireForm(event))}\n`;
  const template = new Template(format.replaceAll('\\t', '\t').replaceAll('\\n', '\n'));
  return (event) => `${template.execute(templateForm(event))}\n`;
}

/** `2025-01-31T12:00:00.000123000Z container start 1111… (image=alpine, name=web)` */
function formatEvent({ Type, Action, Actor, timeNano }: EngineEvent): string {
  const attributes = Object.entries(Actor.Attributes)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${value}`)
    .join(', ');
  const line = `${stamp(timeNano)} ${Type} ${Action} ${Actor.ID}${attributes === '' ? '' : ` (${attributes})`}`;
  return `${visible(line)}\n`;
}

/** With the keys that docker gave up and that scripts still read. */
function wireForm({ Type, Action, Actor, scope, time, timeNano }: EngineEvent): object {
  return { ...formerKeys({ Type, Action, Actor }), Type, Action, Actor, scope, time, timeNano };
}

function formerKeys({ Type, Action, Actor }: Pick<EngineEvent, 'Type' | 'Action' | 'Actor'>): object {
  if (Type === 'volume' || Type === 'network') return {};
  const from = Actor.Attributes.image;
  return { status: Action, id: Actor.ID, ...(Type === 'container' && from !== undefined ? { from } : {}) };
}

/** The names that Go's struct has; `{{json .}}` gives the wire's. */
function templateForm(event: EngineEvent): object {
  const { Type, Action, Actor, scope, time, timeNano } = event;
  const former = { Status: '', ID: '', From: '' };
  if (Type !== 'volume' && Type !== 'network') Object.assign(former, { Status: Action, ID: Actor.ID });
  if (Type === 'container') former.From = Actor.Attributes.image ?? '';
  const open = { ...Actor, Attributes: openMap(Actor.Attributes) };
  const form = { ...former, Type, Action, Actor: open, Scope: scope, Time: time, TimeNano: timeNano };
  return Object.defineProperty(form, 'toJSON', { value: () => wireForm(event), enumerable: false });
}

/** RFC 3339 with nine digits, in the zone of this machine. */
function stamp(nanoseconds: number): string {
  const microseconds = Math.round(nanoseconds / 1000);
  const time = new Date(Math.floor(microseconds / 1000));
  const offset = -time.getTimezoneOffset();
  const local = new Date(time.getTime() + offset * 60_000).toISOString();
  const fraction = `${String(microseconds % 1e6).padStart(6, '0')}000`;
  return `${local.slice(0, 19)}.${fraction}${zoneOf(offset)}`;
}

function zoneOf(offset: number): string {
  if (offset === 0) return 'Z';
  const pad = (part: number) => String(part).padStart(2, '0');
  const size = Math.abs(offset);
  return `${offset < 0 ? '-' : '+'}${pad(Math.floor(size / 60))}:${pad(size % 60)}`;
}
