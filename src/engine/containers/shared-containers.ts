/** The containers whose namespaces another one is to share: found, and seen to run. */
import { optionError } from '../options/option-error.ts';
import type { ContainerStore } from './container-store.ts';
import { markShared } from './shared-network.ts';
import {
  formatMode,
  type NamespaceKind,
  type NamespaceMode,
  type NamespaceModes,
  type NamespaceTexts,
  namespaceKinds,
  parseNamespaceModes,
} from './spec/namespace-modes.ts';
import type { SharedContainer, SharedModes } from './spec/namespaces.ts';
import { statusOf } from './status.ts';

/**
 * Before the container itself has a name, so that it never finds itself.
 *
 * @throws GockerError `NAMESPACE_INVALID`, `CONTAINER_NOT_FOUND`, `CONTAINER_AMBIGUOUS`, `CONTAINER_NOT_RUNNING`
 */
export function findSharedContainers(containers: ContainerStore, options: NamespaceTexts): SharedModes {
  const modes = parseNamespaceModes(options);
  const found = namespaceKinds.map((kind) => [kind, share(containers, kind, modes[kind])]);
  return Object.fromEntries(found) as SharedModes;
}

/** As the record keeps them, and `inspect` shows them. */
export function formatModes(modes: SharedModes): Readonly<Record<NamespaceKind, string>> {
  const texts = namespaceKinds.map((kind) => [kind, formatMode(modes[kind], ({ id }) => id)]);
  return Object.fromEntries(texts) as Record<NamespaceKind, string>;
}

function share(
  containers: ContainerStore,
  kind: NamespaceKind,
  mode: NamespaceModes[NamespaceKind],
): NamespaceMode<SharedContainer> {
  if (mode.kind !== 'container') return mode;
  const flag = `--${kind}`;
  const container = findShared(containers, flag, mode.container);
  if (kind === 'ipc' && ['private', 'none'].includes(container.ipc)) {
    throw optionError({
      flag,
      value: `container:${mode.container}`,
      code: 'NAMESPACE_INVALID',
      is: 'it has a non-shareable IPC namespace',
      expected: 'one that was run with --ipc shareable',
    });
  }
  return { kind: 'container', container };
}

/** @throws GockerError `CONTAINER_NOT_FOUND`, `CONTAINER_AMBIGUOUS`, `CONTAINER_NOT_RUNNING` */
export function findShared(containers: ContainerStore, flag: string, name: string): SharedContainer {
  const record = containers.find(name);
  const { id, process, userns, namespaces } = record;
  if (process === undefined || statusOf(record) !== 'running') {
    throw optionError({
      code: 'CONTAINER_NOT_RUNNING',
      flag,
      value: `container:${name}`,
      is: 'cannot join a non running container',
      expected: 'one of those that "gocker ps" shows',
    });
  }
  if (flag === '--network') markShared(containers.directory(id));
  return {
    id,
    process,
    directory: containers.directory(id),
    ipc: namespaces?.ipc ?? 'private',
    ...(userns === undefined ? {} : { ids: { start: userns.start, size: userns.size } }),
  };
}
