/** Which events are wanted: docker's rules for `events --filter`. */
import type { EngineEvent } from './event.ts';

/** Of several values for one key any may match, of `labels` all must; and all keys that are given. */
export interface EventFilters {
  readonly types?: readonly string[];
  /** Actions; `health_status`, `exec_create` and `exec_start` stand for what they begin. */
  readonly events?: readonly string[];
  /** Ids and names, or what these begin with. */
  readonly containers?: readonly string[];
  /** Ids and names, with or without a tag; those of containers too. */
  readonly images?: readonly string[];
  readonly volumes?: readonly string[];
  /** Ids and names, or what these begin with. */
  readonly networks?: readonly string[];
  /** `key` or `key=value`; all of them. */
  readonly labels?: readonly string[];
}

const prefixes = ['exec_create', 'exec_start', 'health_status'];

export function matchesFilters(event: EngineEvent, filters: EventFilters): boolean {
  return (
    any(filters.types, (type) => type === event.Type) &&
    any(filters.events, (action) => matchesAction(event.Action, action)) &&
    any(filters.containers, (name) => event.Type === 'container' && beginsName(event, name)) &&
    any(filters.volumes, (name) => event.Type === 'volume' && beginsName(event, name)) &&
    any(filters.networks, (name) => event.Type === 'network' && beginsName(event, name)) &&
    any(filters.images, (name) => imageNames(event).includes(name)) &&
    (filters.labels ?? []).every((label) => hasLabel(event, label))
  );
}

function any(wanted: readonly string[] | undefined, matches: (value: string) => boolean): boolean {
  return wanted === undefined || wanted.length === 0 || wanted.some(matches);
}

function matchesAction(action: string, wanted: string): boolean {
  return action === wanted || (prefixes.includes(wanted) && action.startsWith(wanted));
}

function beginsName({ Actor }: EngineEvent, wanted: string): boolean {
  return wanted !== '' && (Actor.ID.startsWith(wanted) || Actor.Attributes.name?.startsWith(wanted) === true);
}

function imageNames({ Type, Actor }: EngineEvent): string[] {
  if (Type === 'volume' || Type === 'network') return [];
  const name = Actor.Attributes[Type === 'image' ? 'name' : 'image'] ?? '';
  return [Actor.ID, name, withoutTag(Actor.ID), withoutTag(name)].filter((text) => text !== '');
}

/** `localhost:5000/app:v1` is `localhost:5000/app`. */
function withoutTag(reference: string): string {
  return reference.replace(/(?:@.*|:[^:/]*)$/, '');
}

function hasLabel({ Actor }: EngineEvent, label: string): boolean {
  const equals = label.indexOf('=');
  const value = Actor.Attributes[equals < 0 ? label : label.slice(0, equals)];
  return value !== undefined && (equals < 0 || value === label.slice(equals + 1));
}
