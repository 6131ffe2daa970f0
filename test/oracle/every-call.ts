/** every-call.c as a program that runs in any container. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const compiler = '/usr/bin/gcc';

export const hasCompiler = existsSync(compiler);

/** @param program where to put it; nothing happens where it is already */
export function compileEveryCall(program: string): void {
  if (existsSync(program)) return;
  execFileSync(compiler, ['-Wall', '-O1', '-static', '-o', program, join(import.meta.dirname, 'every-call.c')]);
}
