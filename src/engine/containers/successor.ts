/**
 * What a monitor becomes when its container has ended and something is left to think about: this very program, by
 * `monitor-ended ID`. The file `successor` beside the record says that it is to be; it may come and go while the container runs.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GockerError } from '../../errors/index.ts';
import type { MonitorOptions } from '../../runtime/index.ts';
import type { EngineContext } from '../context.ts';
import { findPackageRoot } from '../fallback/package-root.ts';
import type { ContainerRecord } from './record.ts';

/** What a command of ours may want to know of the user's environment; the rest of it is nobody's to keep. */
const kept = /^(PATH|HOME|USER|LANG|LC_ALL|TZ|TMPDIR|XDG_.*|GOCKER_.*|DOCKER_CONFIG|CONTAINERS_REGISTRIES_CONF)$/;

/** A command line of ours for a process that is not our child: `gocker ... WORDS`. */
export function ownCommand(
  { directories, env }: EngineContext,
  words: readonly string[],
): Pick<MonitorOptions['successor'], 'file' | 'argv' | 'env'> {
  const root = findPackageRoot();
  if (root === undefined) {
    throw new GockerError(
      'PACKAGE_NOT_FOUND',
      'cannot start a container that outlives this program: gocker is bundled into it',
      {
        hint: 'Leave the package "gocker" out of the bundle.',
      },
    );
  }
  const program = join(root, 'dist', 'cli.cjs');
  const stores = ['--root', directories.root, '--runroot', directories.run];
  return {
    file: process.execPath,
    argv: [process.execPath, program, ...stores, ...words],
    env: Object.entries(env).flatMap(([name, value]) =>
      value !== undefined && kept.test(name) ? [`${name}=${value}`] : [],
    ),
  };
}

export function successorFile(directory: string): string {
  return join(directory, 'successor');
}

/** Idempotent. To be called whenever what it depends on has changed. */
export function appointSuccessor(directory: string, record: ContainerRecord): void {
  if (wantsSuccessor(record)) writeFileSync(successorFile(directory), '');
  else rmSync(successorFile(directory), { force: true });
}

function wantsSuccessor({ autoRemove, restart, networks }: ContainerRecord): boolean {
  return autoRemove || restart !== undefined || networks !== undefined;
}
