/**
 * All processes of a container stopped at once and set going again: cgroup-v2.rst "cgroup.freeze". Where there is no v2,
 * cgroup-v1/freezer-subsystem.rst. The cgroup itself says whether it is frozen, so no record of it can be wrong.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { GockerError } from '../../errors/index.ts';
import { codeOf, componentsOf, killAll } from './directories.ts';
import { cgroupHierarchies, type Hierarchies } from './hierarchies.ts';

interface Freezer {
  readonly path: string;
  /** What is written to it, by what is wanted. */
  readonly control: string;
  readonly words: { readonly frozen: string; readonly thawed: string };
  isFrozen(): boolean;
}

/** Milliseconds. A process in the middle of a disk's or network filesystem's work freezes when that is done. */
const patience = 10_000;

/**
 * Resolves once all of its processes are in the asked state. One that doesn't freeze in ten seconds is thawed again.
 *
 * @param name as in the spec: `gocker/<id>`
 * @throws GockerError `FREEZER_MISSING`, `FREEZER_BUSY`
 */
export async function freezeCgroup(name: string, frozen: boolean): Promise<void> {
  const freezer = findFreezer(cgroupHierarchies(), name);
  if (freezer === undefined) throw missing(name);
  const word = frozen ? freezer.words.frozen : freezer.words.thawed;
  write(freezer, name, word);
  const end = performance.now() + patience;
  for (let pause = 1; freezer.isFrozen() !== frozen; pause = Math.min(pause * 2, 50)) {
    if (performance.now() > end) {
      write(freezer, name, freezer.words.thawed);
      throw new GockerError(
        'FREEZER_BUSY',
        `cannot ${frozen ? 'freeze' : 'thaw'} cgroup "${name}": it has not happened in ${patience / 1000} s`,
        { hint: 'It may wait for a disk or a network filesystem: see "ps -o state,wchan" of its processes.' },
      );
    }
    await setTimeout(pause);
    // In v1 a process that is born meanwhile is caught by another write alone.
    if (freezer.control === 'freezer.state') write(freezer, name, word);
  }
}

/** What sets it going, once written. @throws GockerError `FREEZER_MISSING` */
export function thawing(name: string): { readonly file: string; readonly word: string } {
  const freezer = findFreezer(cgroupHierarchies(), name);
  if (freezer === undefined || !existsSync(join(freezer.path, freezer.control))) throw missing(name);
  return { file: join(freezer.path, freezer.control), word: freezer.words.thawed };
}

/** False where there is no such cgroup. */
export function isFrozen(name: string): boolean {
  return findFreezer(cgroupHierarchies(), name)?.isFrozen() === true;
}

/** SIGKILL to all of its processes and of those below it, frozen ones too. Nothing happens where there is none. */
export function killCgroup(name: string): void {
  const { unified, v1 } = cgroupHierarchies();
  const mountpoints = unified === undefined ? [...new Set(v1.values())] : [unified];
  for (const mountpoint of mountpoints) {
    try {
      killAll(join(mountpoint, ...componentsOf(name)));
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
    }
  }
  // In v2 SIGKILL ends frozen processes; in v1 it waits for the thaw.
  const freezer = unified === undefined ? findFreezer({ unified, v1 }, name) : undefined;
  if (freezer?.isFrozen() === true) write(freezer, name, freezer.words.thawed);
}

function findFreezer({ unified, v1 }: Hierarchies, name: string): Freezer | undefined {
  const mountpoint = unified ?? v1.get('freezer');
  if (mountpoint === undefined) return undefined;
  const path = join(mountpoint, ...componentsOf(name));
  if (unified === undefined) {
    if (!existsSync(path)) return undefined;
    return {
      path,
      control: 'freezer.state',
      words: { frozen: 'FROZEN', thawed: 'THAWED' },
      isFrozen: () => read(path, 'freezer.state').startsWith('FROZEN'),
    };
  }
  return {
    path,
    control: 'cgroup.freeze',
    words: { frozen: '1', thawed: '0' },
    isFrozen: () => /^frozen 1$/m.test(read(path, 'cgroup.events')),
  };
}

function write(freezer: Freezer, name: string, word: string): void {
  try {
    writeFileSync(join(freezer.path, freezer.control), word, { flag: 'r+' });
  } catch (cause) {
    if (!['ENOENT', 'ENODEV'].includes(codeOf(cause))) throw cause;
    throw missing(name, cause);
  }
}

/** Empty where the cgroup is gone: its container has ended, and no container that has ended is frozen. */
function read(path: string, file: string): string {
  try {
    return readFileSync(join(path, file), 'latin1');
  } catch (error) {
    if (!['ENOENT', 'ENODEV'].includes(codeOf(error))) throw error;
    return '';
  }
}

function missing(name: string, cause?: unknown): GockerError {
  return new GockerError('FREEZER_MISSING', `cannot freeze cgroup "${name}": there is none that can be`, {
    cause,
    hint: 'Mount cgroup2 where gocker may write to it: containers that start from then on can be paused.',
  });
}
