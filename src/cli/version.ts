/** The version, from the package.json that this code was installed with. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** `unknown` where the code was bundled into another program. */
export function readVersion(from: string = import.meta.dirname): string {
  // Two places: src/cli in the repository, dist in the package.
  for (let directory = from; ; directory = dirname(directory)) {
    const path = join(directory, 'package.json');
    if (existsSync(path)) return (JSON.parse(readFileSync(path, 'utf8')) as { version?: string }).version ?? 'unknown';
    if (directory === dirname(directory)) return 'unknown';
  }
}
