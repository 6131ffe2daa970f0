/** `update`: other limits for a container, at once where it runs, and from its next start on; and another restart policy. */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GockerError } from '../../errors/index.ts';
import { formatJson, type LinuxResources, type Spec } from '../../oci/index.ts';
import { updateCgroup } from '../../runtime/index.ts';
import type { EngineContext } from '../context.ts';
import { recordContainerEvent } from '../events/record-event.ts';
import type { LimitUpdate, UpdateOptions } from '../options/observe-options.ts';
import type { ResourceOptions } from '../options/resource-options.ts';
import { askedResources, hostResources } from './limits.ts';
import { withContainer } from './lock.ts';
import type { ContainerRecord } from './record.ts';
import { parseRestartPolicy } from './restart/policy.ts';
import { limitError } from './spec/quantity.ts';
import { cgroupOf, resourcesFor } from './spec/resources.ts';
import { isUp } from './status.ts';
import { appointSuccessor } from './successor.ts';

const uncounted = 'cgroup v1 counts but the memory that it takes from now on, and not what it has already';

/**
 * All of them hold from then on, or nothing has changed.
 *
 * @throws GockerError `RESTART_POLICY_INVALID`, `OPTIONS_CONFLICT`, `LIMIT_INVALID`, `LIMIT_UNSUPPORTED`, `CONTROLLER_MISSING`, `CGROUP_UNAVAILABLE`, `CONTAINER_TOO_BUSY`
 */
export async function updateContainer(
  context: EngineContext,
  text: string,
  { restart, ...options }: UpdateOptions,
): Promise<void> {
  await withContainer(context, text, (record) => {
    const directory = context.containers.directory(record.id);
    const policed = restart === undefined ? record : withPolicy(record, restart);
    const path = join(directory, 'config.json');
    const spec = JSON.parse(readFileSync(path, 'utf8')) as Spec;
    const { devices, unified, ...from } = spec.linux.resources ?? {};
    const asked = merge(record, from, options);
    const to = resourcesFor(asked, hostResources).resources ?? {};
    const others = { ...(devices === undefined ? {} : { devices }), ...(unified === undefined ? {} : { unified }) };
    const draft = `${path}.new`;
    try {
      const changed = { ...spec, linux: { ...spec.linux, resources: { ...others, ...to } } };
      writeFileSync(draft, formatJson(changed), { mode: 0o600 });
      if (isUp(record)) {
        const name = cgroupOf(record.id, record.resources?.cgroupParent);
        const { moved } = updateCgroup({ name, from, to: lifted(from, to) });
        if (moved.includes('memory')) context.warn(`${text}: ${uncounted}`);
      }
      renameSync(draft, path);
    } finally {
      rmSync(draft, { force: true });
    }
    const updated = { ...policed, ...askedResources(asked) };
    context.containers.update(updated);
    // Whoever looks after it learns in the end whether there is more to do.
    if (restart !== undefined && isUp(record)) appointSuccessor(directory, updated);
    recordContainerEvent(context, record, 'update');
  });
}

/** As docker: what is to vanish can't be to come back. */
function withPolicy(record: ContainerRecord, text: string): ContainerRecord {
  const { restart: _, ...rest } = record;
  const policy = parseRestartPolicy(text);
  if (policy.name === 'no') return rest;
  if (!record.autoRemove) return { ...rest, restart: policy };
  throw new GockerError(
    'OPTIONS_CONFLICT',
    `cannot update container "${record.name}": restart policy cannot be updated because AutoRemove is enabled for the container`,
    { hint: 'It was made with --rm: make another without.' },
  );
}

/** What was asked for before and now, by docker's rules for what may be asked for beside what. */
function merge({ resources = {} }: ContainerRecord, from: LinuxResources, options: LimitUpdate): ResourceOptions {
  const { cpus, memory } = options;
  if (cpus !== undefined && (resources.cpuQuota ?? resources.cpuPeriod) !== undefined) {
    const is = 'conflicting options: NanoCPUs cannot be updated as CPU Quota or Period has already been set';
    throw limitError('--cpus', cpus, is, '--cpu-quota and --cpu-period');
  }
  for (const [flag, key, what] of [
    ['--cpu-quota', 'cpuQuota', 'CPU Quota'],
    ['--cpu-period', 'cpuPeriod', 'CPU Period'],
  ] as const) {
    const value = options[key];
    if (value === undefined || resources.cpus === undefined) continue;
    const is = `conflicting options: ${what} cannot be updated as NanoCPUs has already been set`;
    throw limitError(flag, value, is, '--cpus');
  }
  const { swap = 0 } = from.memory ?? {};
  const keepsSwap = memory !== undefined && options.memorySwap === undefined && swap !== 0;
  const merged = { ...resources, ...(keepsSwap ? { memorySwap: `${swap}` } : {}), ...options };
  if (keepsSwap && swap > 0) checkSwap(memory, swap);
  return merged;
}

function checkSwap(memory: string, swap: number): void {
  const { resources } = resourcesFor({ memory }, hostResources);
  if ((resources?.memory?.limit ?? 0) <= swap) return;
  const is = 'memory limit should be smaller than already set memoryswap limit, update the memoryswap at the same time';
  throw limitError('--memory', memory, is, `--memory-swap with it, or at most ${swap}`);
}

/** A limit that there is no more has to be taken back from a cgroup that has it. */
function lifted(from: LinuxResources, to: LinuxResources): LinuxResources {
  return from.pids !== undefined && to.pids === undefined ? { ...to, pids: { limit: -1 } } : to;
}
