/** A question that a person answers with y, and a script by its `--force`. */
import { readSync } from 'node:fs';
import type { Sink } from './sink.ts';

/** Waits for a line of standard input; its end is a no. */
export function confirm(warning: string, stdout: Sink): boolean {
  stdout.write(`${warning}\nAre you sure you want to continue? [y/N] `);
  const byte = Buffer.alloc(1);
  let line = '';
  while (readSync(0, byte) === 1 && byte[0] !== 10) line += byte.toString('latin1');
  return /^y(?:es)?$/i.test(line.trim());
}
