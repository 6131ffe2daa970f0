/**
 * Which ids of the host a container gets for its user namespace. Taken is what the records of containers say, and no
 * other file: one that has ended may be started again, and finds its ids.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { GockerError } from '../../errors/index.ts';
import type { Spec } from '../../oci/index.ts';
import type { EngineContext } from '../context.ts';
import type { NamespaceOptions } from '../options/namespace-options.ts';
import { optionError } from '../options/option-error.ts';
import { randomNumber } from './random.ts';
import type { ContainerRecord } from './record.ts';
import { findShared } from './shared-containers.ts';
import { defaultPool, freeRange, overlapOf, poolIn } from './spec/free-range.ts';
import type { SharedContainer, SharedModes } from './spec/namespaces.ts';
import { type IDRange, parseUserMode, type UserMode } from './spec/user-mode.ts';
import { withUserNamespace } from './spec/user-namespace.ts';

export type UserChoice = {
  /** As `inspect` shows it. */
  readonly mode: string;
} & (
  | Extract<UserMode, { kind: 'auto' | 'range' }>
  | { readonly kind: 'container'; readonly container: SharedContainer; readonly ids: IDRange }
);

/** How often another may be met who chose the same ids at the same time. */
const mostAttempts = 12;

/** @throws GockerError `NAMESPACE_INVALID`, `CONTAINER_NOT_FOUND`, `CONTAINER_NOT_RUNNING` */
export function chooseUser(
  context: EngineContext,
  options: NamespaceOptions,
  modes: SharedModes,
): UserChoice | undefined {
  const choice = chosen(context, options, modes);
  checkShared(choice, modes);
  return choice;
}

/** The record with its ids, which no other container has (but who shares, or was given them by `remap`). */
export async function claimIDs(
  context: EngineContext,
  record: ContainerRecord,
  choice: UserChoice,
): Promise<ContainerRecord> {
  const { mode } = choice;
  const keep = (ids: IDRange): ContainerRecord => {
    const claimed = { ...record, userns: { mode, ...ids } };
    context.containers.update(claimed);
    return claimed;
  };
  if (choice.kind !== 'auto') return keep(choice.ids);
  const pool = readPool();
  for (let attempt = 0; attempt < mostAttempts; attempt++) {
    const ids = freeRange(pool, takenIDs(context, record.id), {
      size: choice.size,
      skip: attempt && randomNumber(2 ** attempt),
    });
    if (ids !== undefined) {
      // First claimed, then looked: of two who choose the same, one at least sees the other, and who sees steps back.
      const claimed = keep(ids);
      if (!takenIDs(context, record.id).some((other) => overlapOf(ids, other) !== undefined)) return claimed;
      context.containers.update(record);
    } else if (attempt === 0) throw exhausted(pool, choice.size);
    await setTimeout(randomNumber(10));
  }
  throw exhausted(pool, choice.size);
}

/** For a plan that nobody plays. */
export function draftIDs(context: EngineContext, choice: UserChoice): IDRange {
  if (choice.kind !== 'auto') return choice.ids;
  const pool = readPool();
  const ids = freeRange(pool, takenIDs(context, ''), { size: choice.size, skip: 0 });
  if (ids === undefined) throw exhausted(pool, choice.size);
  return ids;
}

export function moveToUserNamespace(
  context: EngineContext,
  spec: Spec,
  user: { choice: UserChoice; ids: IDRange },
): Spec {
  const { choice, ids } = user;
  const { root } = context.directories;
  return withUserNamespace(spec, {
    ids,
    ...(choice.kind === 'container' ? { pid: choice.container.process.pid } : {}),
    ownDirectories: [join(root, 'containers'), join(root, 'volumes')],
  });
}

function chosen(
  { containers }: EngineContext,
  { userns }: NamespaceOptions,
  modes: SharedModes,
): UserChoice | undefined {
  const mode = parseUserMode(userns);
  // Who says nothing is where those are whose namespaces are shared: these belong to their user namespace.
  const owner = userns === undefined ? sharedModes(modes).find(([, { ids }]) => ids !== undefined)?.[1] : undefined;
  if (mode.kind === 'host' && owner === undefined) return undefined;
  if (mode.kind === 'auto' || mode.kind === 'range') return { ...mode, mode: userns ?? '' };
  const container = owner ?? findShared(containers, '--userns', mode.kind === 'container' ? mode.container : '');
  const { id, ids } = container;
  if (ids !== undefined) return { kind: 'container', container, ids, mode: `container:${id}` };
  throw optionError({
    code: 'NAMESPACE_INVALID',
    flag: '--userns',
    value: userns ?? '',
    is: "that container's user namespace is the host's",
    expected: 'one that was run with --userns auto or remap',
  });
}

function checkShared(choice: UserChoice | undefined, modes: SharedModes): void {
  const owner = choice?.kind === 'container' ? choice.container.id : undefined;
  for (const [kind, { id, ids }] of sharedModes(modes)) {
    const isForeign = ids !== undefined && !(choice?.kind === 'container' && overlapOf(choice.ids, ids) !== undefined);
    // A process can't have another user namespace than the one that its pid namespace belongs to, but for the host's.
    const isAlone = ids === undefined && choice !== undefined && kind === 'pid';
    if (id === owner || (!isForeign && !isAlone)) continue;
    throw optionError({
      code: 'NAMESPACE_INVALID',
      flag: `--${kind}`,
      value: `container:${id.slice(0, 12)}`,
      is: 'that container is not in the same user namespace',
      expected: ids === undefined ? '--userns host' : `--userns container:${id.slice(0, 12)}`,
    });
  }
}

function sharedModes(modes: SharedModes): (readonly [kind: string, container: SharedContainer])[] {
  return Object.entries(modes).flatMap(([kind, mode]) => (mode.kind === 'container' ? [[kind, mode.container]] : []));
}

function takenIDs({ containers }: EngineContext, but: string): IDRange[] {
  return containers.list().flatMap((record) => {
    const { id, userns } = record;
    return userns === undefined || id === but ? [] : [userns];
  });
}

function readPool(): readonly IDRange[] {
  return poolIn(readText('/etc/subuid'), readText('/etc/subgid')) ?? defaultPool;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function exhausted(pool: readonly IDRange[], size: number): GockerError {
  const all = pool.reduce((sum, range) => sum + range.size, 0);
  return new GockerError(
    'IDS_EXHAUSTED',
    `cannot give the container ${size} ids of its own: no such range of ${all} is free`,
    {
      hint: 'Remove containers that have some, ask for fewer (--userns=auto:size=N), or give the user "containers" more in /etc/subuid and /etc/subgid.',
    },
  );
}
