/**
 * Those who wait for how a container ends: one that removes itself at its end stays until they have read it. They hold a shared
 * flock(2) on its config.json, which nothing else locks and which is let go of even by who is killed.
 */
import { closeSync, constants, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { tryLock } from '../../syscall/index.ts';

/** Milliseconds. A witness that is stopped itself keeps nobody's container for ever. */
const PATIENCE = 5_000;

/** @param directory of the container @returns what ends it */
export function witnessExit(directory: string): () => void {
  const fd = openConfig(directory);
  if (fd === undefined) return () => {};
  tryLock(fd, 'shared');
  return () => closeSync(fd);
}

export function hasWitnesses(directory: string): boolean {
  const fd = openConfig(directory);
  if (fd === undefined) return false;
  try {
    return !tryLock(fd, 'exclusive');
  } finally {
    closeSync(fd);
  }
}

/** To be called once its record or its `exit` says how it ended. */
export async function untilWitnessed(directory: string): Promise<void> {
  const end = performance.now() + PATIENCE;
  for (let pause = 1; hasWitnesses(directory) && performance.now() < end; pause = Math.min(pause * 2, 32)) {
    await sleep(pause);
  }
}

/** Undefined where there is none, since the container is still to be made or gone. */
function openConfig(directory: string): number | undefined {
  try {
    return openSync(join(directory, 'config.json'), constants.O_RDONLY);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
