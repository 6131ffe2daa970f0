/** A container that holds still: cgroup v2's freezer, cgroup-v2.rst "cgroup.freeze". */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { cgroup2Mountpoint } from '../../runtime/index.ts';
import type { ContainerRecord } from '../containers/record.ts';
import { cgroupOf } from '../containers/spec/resources.ts';
import type { EngineContext } from '../context.ts';

/** Runs on afterwards, unless it was paused before; where nothing can pause it, that is a warning. */
export async function whilePaused<T>(
  context: EngineContext,
  { id, name, resources }: ContainerRecord,
  act: () => Promise<T>,
): Promise<T> {
  const mountpoint = cgroup2Mountpoint();
  const folder = mountpoint === undefined ? undefined : join(mountpoint, cgroupOf(id, resources?.cgroupParent));
  const freezer = folder === undefined ? undefined : join(folder, 'cgroup.freeze');
  if (folder === undefined || freezer === undefined || !isThere(freezer)) {
    context.warn(
      `cannot pause "${name}" meanwhile: there is no cgroup v2 of it; what it writes now may be half in the image`,
    );
    return await act();
  }
  if (readFileSync(freezer, 'latin1').trim() === '1') return await act();
  writeFileSync(freezer, '1', { flag: 'r+' });
  try {
    await frozen(folder);
    return await act();
  } finally {
    // It may be gone by now.
    if (isThere(freezer)) writeFileSync(freezer, '0', { flag: 'r+' });
  }
}

/** A process that waits for a disk is frozen when it has what it waits for. */
async function frozen(folder: string): Promise<void> {
  for (let waited = 0; waited < 10_000; waited += 5) {
    if (/^frozen 1$/m.test(readFileSync(join(folder, 'cgroup.events'), 'latin1'))) return;
    await setTimeout(5);
  }
}

function isThere(freezer: string): boolean {
  try {
    readFileSync(freezer);
    return true;
  } catch {
    return false;
  }
}
