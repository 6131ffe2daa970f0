/** Where this package is installed: the code runs from `src/`, from `dist/` and from `dist/chunks/`, bundled or not. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** @returns undefined where no directory above this file is the package: the code was bundled into another program */
export function findPackageRoot(from: string = import.meta.dirname): string | undefined {
  for (let directory = from; ; directory = dirname(directory)) {
    if (packageName(directory) === 'gocker') return directory;
    if (directory === dirname(directory)) return undefined;
  }
}

function packageName(directory: string): unknown {
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
    return (manifest as { name?: unknown } | null)?.name;
  } catch {
    return undefined;
  }
}
