/**
 * The files of a container as one tree with its volumes and binds in their places: of one that runs, its own `/`; of one that
 * doesn't, its layers and its changes stacked once more, where nobody on the host sees it.
 */
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GockerError } from '../../errors/index.ts';
import type { Mount, Spec } from '../../oci/index.ts';
import {
  type ByteString,
  type HeldFile,
  holdWithin,
  RootedView,
  type ViewMount,
  viewPath,
} from '../../overlay/index.ts';
import { openRootfs, openRootOf, type ProcessIdentity } from '../../runtime/index.ts';
import { O } from '../../syscall/index.ts';
import { withContainer } from '../containers/lock.ts';
import { lowerdirsOf } from '../containers/lowerdirs.ts';
import type { ContainerRecord } from '../containers/record.ts';
import { isAlive, ofThisBoot, statusOf } from '../containers/status.ts';
import type { EngineContext } from '../context.ts';

export interface ContainerTree {
  readonly record: ContainerRecord;
  readonly view: RootedView;
  /** Of the tree without what is mounted in it. */
  readonly root: number;
  /** `/` itself can only be read. */
  readonly readOnly: boolean;
  /** What is to be added to the container's ids at a path to have the host's: something only where it has a user namespace. */
  readonly firstIDAt: (path: readonly ByteString[]) => number;
  /** Its own tree takes files from those alone who have an id in its user namespace: the first of them. */
  readonly maker: number | undefined;
  /** It runs, and may change its files meanwhile. */
  readonly running: boolean;
}

/**
 * One that doesn't run stays so meanwhile: it is locked. One that runs is not, so that it can be stopped.
 *
 * @throws GockerError `CONTAINER_NOT_FOUND`, `CONTAINER_AMBIGUOUS`, `CONTAINER_BUSY`, `LAYERS_MISSING`; what `act` throws
 */
export async function withContainerTree<T>(
  context: EngineContext,
  text: string,
  act: (tree: ContainerTree) => Promise<T>,
): Promise<T> {
  const use = async (record: ContainerRecord, root: number, running: boolean): Promise<T> => {
    const mounts = await openMounts(specOf(context, record), record.userns?.start ?? 0);
    try {
      const maker = running ? record.userns?.start : undefined;
      const readOnly = specOf(context, record).root.readonly === true;
      const view = new RootedView(root, mounts.view);
      const firstIDAt = (path: readonly ByteString[]) => view.mountOver(path)?.firstID ?? maker ?? 0;
      return await act({ record, root, readOnly, firstIDAt, maker, running, view });
    } finally {
      mounts.close();
      closeSync(root);
    }
  };
  const held = await withContainer(context, text, async (record) => {
    const root = await openRunning(record);
    if (root !== undefined) return { record, root };
    if (statusOf(record) === 'created' && record.kept !== true) throw busy(text);
    return { result: await use(record, await openStopped(context, record), false) };
  });
  return 'result' in held ? held.result : await use(held.record, held.root, true);
}

/** Its first process, if it runs. */
export function runningProcess(record: ContainerRecord): ProcessIdentity | undefined {
  const { process, finished } = record;
  return finished === undefined && ofThisBoot(record) && isAlive(process) ? process : undefined;
}

async function openRunning(record: ContainerRecord): Promise<number | undefined> {
  const process = runningProcess(record);
  return process === undefined ? undefined : await openRootOf(process);
}

async function openStopped(context: EngineContext, record: ContainerRecord): Promise<number> {
  const lowerdirs = lowerdirsOf(context, record);
  if (lowerdirs === undefined) {
    throw new GockerError(
      'LAYERS_MISSING',
      `cannot open the files of "${record.name}": layers of it are not unpacked here`,
      {
        hint: `Pull its image again: gocker pull ${record.image}.`,
      },
    );
  }
  const directory = context.containers.directory(record.id);
  const writable = { upperdir: join(directory, 'upper'), workdir: join(directory, 'work') };
  return await openRootfs({ kind: 'overlay', lowerdirs, writable });
}

function specOf(context: EngineContext, { id }: ContainerRecord): Spec {
  return JSON.parse(readFileSync(join(context.containers.directory(id), 'config.json'), 'utf8')) as Spec;
}

interface OpenMounts {
  readonly view: readonly ViewMount[];
  close(): void;
}

/** Volumes, binds and images, but none of the kernel's filesystems, nor of memory that only the running container has. */
async function openMounts({ mounts = [] }: Spec, userns: number): Promise<OpenMounts> {
  const images: number[] = [];
  const view: ViewMount[] = [];
  for (const mount of mounts) {
    const { destination, options = [] } = mount;
    const readOnly = options.includes('ro');
    // Through an idmapped mount the container's ids are those on the disk.
    const firstID = options.some((option) => option === 'idmap' || option === 'ridmap') ? 0 : userns;
    const place = viewPath(destination);
    if (options.includes('bind') || options.includes('rbind')) {
      view.push({ destination: place, readOnly, firstID, open: () => openPart(mount, mount.source ?? '') });
    } else if (mount.type === 'overlay') {
      const root = await openRootfs({ kind: 'overlay', lowerdirs: lowerdirsIn(mount) });
      images.push(root);
      view.push({ destination: place, readOnly: true, firstID, open: () => openPart(mount, `/proc/self/fd/${root}`) });
    }
  }
  return {
    view,
    close: () => {
      for (const root of images) closeSync(root);
    },
  };
}

/** What is mounted, or the part of it that is asked for; undefined where it is gone. */
function openPart({ options = [] }: Mount, source: string): HeldFile | undefined {
  const subdirectory = options.find((option) => option.startsWith('X-mount.subdir='))?.slice('X-mount.subdir='.length);
  let fd: number;
  try {
    fd = openSync(source, O.O_PATH);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    if (subdirectory !== undefined) return holdWithin(fd, subdirectory);
    return { fd: openSync(`/proc/self/fd/${fd}`, O.O_PATH), stats: fstatSync(fd, { bigint: true }) };
  } finally {
    closeSync(fd);
  }
}

/** overlayfs.rst "Multiple lower layers": `\` before what would be a separator. */
function lowerdirsIn({ options = [] }: Mount): string[] {
  const text = options.find((option) => option.startsWith('lowerdir='))?.slice('lowerdir='.length) ?? '';
  return (text.match(/(?:[^:\\]|\\.)+/gs) ?? []).map((path) => path.replace(/\\(.)/gs, '$1'));
}

function busy(text: string): GockerError {
  return new GockerError('CONTAINER_BUSY', `cannot open the files of "${text}": it is being started right now`, {
    hint: 'Try again once it runs.',
  });
}
