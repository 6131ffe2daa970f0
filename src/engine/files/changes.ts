/** `diff`: what a container changed of its image. */
import { join } from 'node:path';
import { GockerError } from '../../errors/index.ts';
import { type Change, changesOf, existsInLayers } from '../../overlay/index.ts';
import { withContainer } from '../containers/lock.ts';
import { lowerdirsOf } from '../containers/lowerdirs.ts';
import type { ContainerRecord } from '../containers/record.ts';
import type { EngineContext } from '../context.ts';
import type { FileChange } from '../options/file-options.ts';
import { FrozenLayers } from '../snapshots/frozen-layers.ts';
import { isPlaceholder } from './own-doing.ts';

/** In the order of the paths. @throws GockerError `CONTAINER_NOT_FOUND`, `CONTAINER_AMBIGUOUS`, `LAYERS_MISSING` */
export async function containerChanges(context: EngineContext, text: string): Promise<readonly FileChange[]> {
  return await withContainer(context, text, (record) => compare(context, text, record));
}

function compare(context: EngineContext, text: string, record: ContainerRecord): readonly FileChange[] {
  const uppers = uppersOf(context, record);
  const image = lowerdirsOf(context, { layers: record.layers });
  if (image === undefined) {
    throw new GockerError(
      'LAYERS_MISSING',
      `cannot compare "${text}" with its image: layers of it are not unpacked here`,
      {
        hint: `Pull it again: gocker pull ${record.image}.`,
      },
    );
  }
  const perLevel = uppers.map((upper, level) => [
    ...changesOf(upper, [...uppers.slice(level + 1), ...image], { leaveOut: isPlaceholder }),
  ]);
  const [own = [], ...frozen] = perLevel;
  const found = frozen.length === 0 ? own : combine(perLevel, image);
  return found.map(({ kind, path }) => ({ kind, path: path.toString() }));
}

type Level = readonly Change[];

/** Its own changes and those that snapshots have frozen, top first. */
export function uppersOf(context: EngineContext, record: ContainerRecord): readonly string[] {
  const own = join(context.containers.directory(record.id), 'upper');
  return record.frozen === undefined
    ? [own]
    : [own, ...new FrozenLayers(context.directories.root).lowerdirs(record.frozen)];
}

/** Of each path the uppermost word counts for what there is now, and the image for what there was. */
function combine(levels: readonly Level[], image: readonly string[]): Level {
  const said = new Map<string, Level[number]>();
  for (const change of levels.flat()) {
    const path = change.path.toString('latin1');
    if (!said.has(path) && !isBelowDeleted(path, said)) said.set(path, change);
  }
  return [...said]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, { kind, path }]): Change[] => {
      const was = existsInLayers(image, path);
      if (kind === 'deleted') return was ? [{ kind, path }] : [];
      return [{ kind: was ? 'changed' : 'added', path }];
    });
}

function isBelowDeleted(path: string, said: ReadonlyMap<string, Level[number]>): boolean {
  for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
    if (said.get(path.slice(0, slash))?.kind === 'deleted') return true;
  }
  return false;
}
