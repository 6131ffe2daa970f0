/** TypeScript for child processes: Node 20 runs none, so a script and what it imports become JavaScript in a temporary folder. */
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'rolldown';

const repository = join(import.meta.dirname, '..', '..');

export interface Bundle {
  /** To be run by node. */
  readonly path: string;
  remove(): void;
}

/** @param script an absolute path to a .ts file */
export async function bundle(script: string): Promise<Bundle> {
  const folder = mkdtempSync(join(tmpdir(), 'gocker-bundle-'));
  // koffi is a native addon and finds itself by its own path.
  symlinkSync(join(repository, 'node_modules'), join(folder, 'node_modules'));
  await build({
    input: { main: script },
    platform: 'node',
    external: ['koffi'],
    // `await using` is not in Node 20.
    transform: { target: 'node20.19' },
    logLevel: 'warn',
    output: { dir: folder, format: 'esm', entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' },
  });
  return { path: join(folder, 'main.mjs'), remove: () => rmSync(folder, { recursive: true }) };
}
