/** Containers in whose network namespace another one has been: a file in their directory says so. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export function sharedMark(directory: string): string {
  return join(directory, 'network-shared');
}

/** Its namespace may outlive its own processes from now on. */
export function markShared(directory: string): void {
  writeFileSync(sharedMark(directory), '');
}
