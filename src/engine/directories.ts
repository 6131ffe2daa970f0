/** Where gocker keeps things: ARCHITECTURE "The store is an OCI image layout"; the XDG base directory specification. */
import { join } from 'node:path';
import { GockerError } from '../errors/index.ts';
import type { EngineOptions } from './types.ts';

export interface Directories {
  /** Images, layers and containers: outlives a boot. */
  readonly root: string;
  /** Locks and marks of the living: a boot may forget it. */
  readonly run: string;
}

/** @throws GockerError `DIRECTORY_INVALID` for a relative path, which would mean another store in each directory */
export function findDirectories(options: EngineOptions, uid: number): Directories {
  const env = options.env ?? process.env;
  const root = options.root ?? nonEmpty(env.GOCKER_ROOT) ?? defaultRoot(env, uid);
  const run = options.run ?? nonEmpty(env.GOCKER_RUN) ?? defaultRun(env, uid, root);
  for (const path of [root, run]) {
    if (path.startsWith('/')) continue;
    throw new GockerError(
      'DIRECTORY_INVALID',
      `cannot use directory "${path}": it is a relative path (expected an absolute one)`,
      { hint: 'Check --root, GOCKER_ROOT and GOCKER_RUN.' },
    );
  }
  return { root, run };
}

function defaultRoot(env: Readonly<Record<string, string | undefined>>, uid: number): string {
  if (uid === 0) return '/var/lib/gocker';
  const data = nonEmpty(env.XDG_DATA_HOME) ?? (env.HOME === undefined ? undefined : join(env.HOME, '.local/share'));
  if (data !== undefined) return join(data, 'gocker');
  throw new GockerError('DIRECTORY_INVALID', 'cannot choose a directory for images: HOME is not set', {
    hint: 'Set GOCKER_ROOT to a directory that you may write.',
  });
}

/** A store that was named by hand keeps its marks to itself: two stores never meet in one run directory. */
function defaultRun(env: Readonly<Record<string, string | undefined>>, uid: number, root: string): string {
  if (uid === 0) return root === '/var/lib/gocker' ? '/run/gocker' : join(root, 'run');
  const runtime = nonEmpty(env.XDG_RUNTIME_DIR);
  return runtime === undefined ? join(root, 'run') : join(runtime, 'gocker');
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}
