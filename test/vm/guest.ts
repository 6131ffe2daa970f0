/** Commands for the VM's shell: gocker with the served image, and steps whose output is told apart afterwards. */
import { cli } from '../e2e/host.ts';
import type { ServedImage } from './served-image.ts';

export interface Step {
  /** Both streams. */
  readonly text: string;
  readonly exitCode: number;
}

/** Statements of bash that define `gocker`, `step NAME COMMAND…` and `serve`. */
export function prelude({ conf, script }: ServedImage): string {
  return `
    export CONTAINERS_REGISTRIES_CONF=${conf}
    gocker() { ${process.execPath} ${cli} "$@"; }
    step() { echo "## $1"; shift; "$@" 2>&1; echo "## $?"; }
    ${script}
  `;
}

/** @param output of commands that were called by `step` */
export function stepsOf(output: string): ReadonlyMap<string, Step> {
  const steps = output.matchAll(/^## (\S+)\n(.*?)^## (\d+)$/gms);
  return new Map([...steps].map(([, name = '', text = '', code]) => [name, { text, exitCode: Number(code) }]));
}
