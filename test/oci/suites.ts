/** The tables of facts beside the repository, `../shared/suites/*.json`; absent in a plain clone. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '..', '..', '..', 'shared', 'suites');

/** The suite's cases by group, or undefined, said aloud, where the file is not there. */
export function readSuite<T>(name: string): T | undefined {
  const path = join(folder, name);
  if (existsSync(path)) return (JSON.parse(readFileSync(path, 'utf8')) as { cases: T }).cases;
  console.warn(`skipped: ${path} is not there`);
  return undefined;
}
