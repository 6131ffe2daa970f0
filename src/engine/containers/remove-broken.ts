/** `rm -f` of what a power cut or a stray hand has left of a container: its record tells nothing any more. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Spec } from '../../oci/index.ts';
import { removeCgroup } from '../../runtime/index.ts';
import { withDirectoryLock } from '../../store/index.ts';
import type { EngineContext } from '../context.ts';
import { cgroupOf } from './spec/resources.ts';

/** @returns false where there is none, or one that is just being made */
export async function removeBroken(context: EngineContext, text: string): Promise<boolean> {
  const { containers } = context;
  const id = containers.locate(text);
  if (id === undefined) return false;
  const directory = containers.directory(id);
  await withDirectoryLock(directory, 'exclusive', async () => {
    await removeCgroup(cgroupIn(directory) ?? cgroupOf(id));
    containers.remove({ id, name: containers.nameOf(id) ?? '' });
    containers.unmarkDead(id);
  });
  return true;
}

/** As its runtime spec has it; undefined where that is lost too. */
function cgroupIn(directory: string): string | undefined {
  try {
    const { linux } = JSON.parse(readFileSync(join(directory, 'config.json'), 'utf8')) as Partial<Spec>;
    return typeof linux?.cgroupsPath === 'string' ? linux.cgroupsPath : undefined;
  } catch {
    return undefined;
  }
}
