/** Which containers a list is asked for, by docker's rules. */
import type { EngineContext } from '../context.ts';
import { findImage } from '../images/stored.ts';
import { NetworkStore } from '../networks/network-store.ts';
import type { ContainerFilters } from '../options/container-filters.ts';
import type { ContainerSummary } from '../types.ts';
import type { ContainerRecord } from './record.ts';

/** What is asked for most is not read off the record again. */
export interface Candidate {
  readonly record: ContainerRecord;
  readonly status: ContainerSummary['status'];
  readonly health: ContainerSummary['health'];
}

type Test = (candidate: Candidate) => boolean;

/** @throws GockerError `CONTAINER_NOT_FOUND` for `before` and `since`, `IMAGE_AMBIGUOUS` */
export function matcher(context: EngineContext, filters: ContainerFilters): Test {
  const tests: readonly (Test | undefined)[] = [
    anyOf(filters.statuses, (wanted, { status }) => wanted === status),
    anyOf(filters.exited, (code, { status, record }) => status === 'exited' && (record.exitCode ?? 0) === code),
    anyOf(patterns(filters.ids), (pattern, { record }) => pattern.test(record.id)),
    anyOf(
      patterns(filters.names),
      (pattern, { record }) => pattern.test(record.name) || pattern.test(`/${record.name}`),
    ),
    filters.labels === undefined ? undefined : ({ record }) => hasLabels(record, filters.labels ?? []),
    anyOf(filters.volumes, hasMount),
    anyOf(filters.networks, (network, { record }) => isOn(context, record, network)),
    anyOf(filters.health, (wanted, { health }) => wanted === (health ?? 'none')),
    anyOf(
      filters.ancestors?.map((text) => ancestor(context, text)),
      (isBelow, { record }) => isBelow(record),
    ),
    madeBeside(context, filters.before, (created, than) => created < than),
    madeBeside(context, filters.since, (created, than) => created > than),
  ];
  const given = tests.filter((test) => test !== undefined);
  return (candidate) => given.every((test) => test(candidate));
}

function anyOf<T>(values: readonly T[] | undefined, matches: (value: T, candidate: Candidate) => boolean) {
  if (values === undefined || values.length === 0) return undefined;
  return (candidate: Candidate) => values.some((value) => matches(value, candidate));
}

/** By name, id, or the beginning of an id. */
function isOn(context: EngineContext, { namespaces, networks = [] }: ContainerRecord, text: string): boolean {
  if (namespaces?.network === text) return true;
  const id = networks.length === 0 ? undefined : new NetworkStore(context.directories.root).find(text)?.id;
  return networks.some(({ network }) => network === id);
}

/** What is no pattern matches nothing, as with docker. */
function patterns(texts: readonly string[] | undefined): RegExp[] | undefined {
  return texts?.map((text) => {
    try {
      return new RegExp(text, 'u');
    } catch {
      return /(?!)/;
    }
  });
}

function hasLabels({ labels }: ContainerRecord, wanted: readonly string[]): boolean {
  return wanted.every((label) => {
    const equals = label.indexOf('=');
    return equals < 0 ? Object.hasOwn(labels, label) : labels[label.slice(0, equals)] === label.slice(equals + 1);
  });
}

function hasMount(wanted: string, { record: { mounts = [] } }: Candidate): boolean {
  return mounts.some((point) => point.destination === wanted || (point.type === 'volume' && point.name === wanted));
}

/** An image that is gone still has its name and its id in the records of its containers. */
function ancestor(context: EngineContext, text: string): (record: ContainerRecord) => boolean {
  const image = findImage(context.store, text);
  const hex = text.replace(/^sha256:/, '');
  if (image === undefined) {
    return (record) => record.image === text || (hex.length >= 12 && record.imageID.startsWith(`sha256:${hex}`));
  }
  const layers = image.config.rootfs.diff_ids;
  const standsOn = (record: ContainerRecord) => layers.every((layer, at) => record.layers[at] === layer);
  return (record) => record.imageID === image.id || (layers.length > 0 && standsOn(record));
}

function madeBeside(
  context: EngineContext,
  text: string | undefined,
  compare: (created: string, than: string) => boolean,
): Test | undefined {
  if (text === undefined) return undefined;
  const { created } = context.containers.find(text);
  return ({ record }) => compare(record.created, created);
}
