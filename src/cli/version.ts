/** The version, from the package.json that this code was installed with. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export function readVersion(): string {
  // Two places: src/cli in the repository, dist in the package.
  let directory = import.meta.dirname;
  while (!existsSync(join(directory, 'package.json'))) directory = dirname(directory);
  const manifest = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as { version: string };
  return manifest.version;
}
