/** Containers with privileges, as the engine makes their specs of docker's flags. */
import { type PrivilegeFacts, privilegeFacts } from '../../../src/engine/containers/privilege-facts.ts';
import { kernelMounts } from '../../../src/engine/containers/spec/kernel-mounts.ts';
import { privilegesFor } from '../../../src/engine/containers/spec/privileges.ts';
import { parseSysctls } from '../../../src/engine/containers/spec/sysctls.ts';
import type { PrivilegeOptions } from '../../../src/engine/options/privilege-options.ts';
import type { Spec } from '../../../src/oci/index.ts';
import { run, specOf } from '../runtime/alpine.ts';

export interface Granted extends PrivilegeOptions {
  readonly uid?: number;
}

/** @param facts in place of what this machine is */
export function specWith(args: readonly string[], granted: Granted, facts?: Partial<PrivilegeFacts>): Spec {
  const known = { ...privilegeFacts(granted), ...facts };
  const uid = granted.uid ?? 0;
  const { process, linux, resources } = privilegesFor(granted, { uid, gid: uid, additionalGids: [], home: '/' }, known);
  const plain = specOf(args);
  const { namespaces, sysctl } = plain.linux;
  return {
    ...plain,
    process: { ...plain.process, ...process },
    mounts: kernelMounts(granted, known.memoryBytes),
    linux: {
      ...plain.linux,
      ...linux,
      resources,
      sysctl: { ...sysctl, ...parseSysctls(granted.sysctls ?? [], namespaces) },
    },
  };
}

/** What a shell script prints in such a container, and how it ends. */
export async function shell(script: string, granted: Granted, facts?: Partial<PrivilegeFacts>) {
  const args = ['sh', '-c', script];
  const { stdout, stderr, exit, container } = await run(args, { spec: specWith(args, granted, facts) });
  return { stdout: stdout.trimEnd(), stderr, exitCode: exit.exitCode, warnings: container.warnings };
}

/** The five sets of a container's process, as proc_pid_status(5) shows them. */
export async function capabilitySets(granted: Granted): Promise<Readonly<Record<string, string>>> {
  const { stdout } = await shell('grep ^Cap /proc/self/status', granted);
  return Object.fromEntries(stdout.split('\n').map((line) => line.replace(/^Cap/, '').split(/:\s+/)));
}
