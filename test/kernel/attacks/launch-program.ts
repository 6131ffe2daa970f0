/**
 * Launches containers from JSON in a file, one after the other, and prints how each ended: a program of its own, so that a test can
 * have it run by a node that may be harmed.
 */
import { readFileSync, statSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import type { Spec } from '../../../src/oci/index.ts';
import { launch, type Rootfs } from '../../../src/runtime/index.ts';

export interface Start {
  readonly spec: Spec;
  readonly rootfs: Rootfs;
  readonly init: boolean;
}

export interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Of the binary that runs this, after the container has ended. */
  readonly node: { readonly mode: number; readonly mtimeMs: number; readonly ctimeMs: number };
}

const ended: Ended[] = [];
for (const { spec, rootfs, init } of JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Start[]) {
  const container = await launch({ spec, rootfs, stdin: 'null', init });
  const [{ exitCode }, stdout, stderr] = await Promise.all([
    container.exited(),
    text(container.stdout),
    text(container.stderr),
  ]);
  const { mode, mtimeMs, ctimeMs } = statSync(process.execPath);
  ended.push({ exitCode, stdout, stderr, node: { mode, mtimeMs, ctimeMs } });
}
process.stdout.write(JSON.stringify(ended));
