/** `fork`: a second container that goes on from where the first one is. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatJson, type Spec } from '../../oci/index.ts';
import { forgetContainer } from '../containers/forget.ts';
import { writeIdentityFiles } from '../containers/identity-files.ts';
import { makeUpperdir } from '../containers/lowerdirs.ts';
import { gatewayOf } from '../containers/network-choices.ts';
import type { ContainerRecord } from '../containers/record.ts';
import { cgroupOf } from '../containers/spec/resources.ts';
import { identifyProcess } from '../containers/status.ts';
import type { EngineContext } from '../context.ts';
import type { SnapshotOptions } from '../options/snapshot-options.ts';
import { atRest } from './at-rest.ts';
import { type Fork, forkSpec } from './forked-spec.ts';
import { forkMounts, forkVolumes } from './forked-volumes.ts';
import { freeze } from './freeze.ts';

const deed = { verb: 'fork', command: 'gocker fork' };

/**
 * What the first one has changed is frozen, and both go on above it. The new one has the same config, an id, a name and a
 * hostname of its own, and doesn't run. Named volumes and binds are the same; anonymous volumes are copied, which takes as long
 * as it takes.
 *
 * @param text name, id or unique prefix of an id
 * @throws GockerError `NAME_TAKEN`, `NAME_INVALID`, `SNAPSHOT_TOO_DEEP`; those of atRest(). Nothing is left of the new one then
 */
export async function forkContainer(
  context: EngineContext,
  text: string,
  { name, ...options }: SnapshotOptions & { readonly name?: string } = {},
): Promise<{ readonly id: string; readonly name: string }> {
  return await atRest(context, text, { ...options, deed }, async (record) => {
    const source = await freeze(context, record, () => ({}));
    const draft = draftOf(source);
    const made = await context.store.withoutCollection(() => context.containers.create(draft, name));
    try {
      await furnish(context, source, made);
      return { id: made.id, name: made.name };
    } catch (error) {
      await forgetContainer(context, made, { volumes: true });
      throw error;
    } finally {
      context.containers.unmark(made);
    }
  });
}

/** What has come of a container, and what is its own alone. */
const ownFields = new Set<string>([
  ...['id', 'name', 'created', 'owner', 'kept', 'userns', 'snapshots', 'unsettled'],
  ...['process', 'boot', 'monitor', 'started', 'finished', 'exitCode', 'oomKilled', 'endTold'],
  ...['stopping', 'paused', 'restarts', 'error', 'newName'],
]);

/** All that was asked for. */
function draftOf(source: ContainerRecord): Omit<ContainerRecord, 'id' | 'name'> {
  const asked = Object.entries(source).filter(([field]) => !ownFields.has(field));
  return {
    ...(Object.fromEntries(asked) as Omit<ContainerRecord, 'id' | 'name'>),
    ...(source.mounts === undefined ? {} : { mounts: forkMounts(source.mounts) }),
    created: new Date().toISOString(),
    owner: identifyProcess(process.pid) ?? { pid: process.pid, startTime: 0 },
  };
}

async function furnish(context: EngineContext, source: ContainerRecord, record: ContainerRecord): Promise<void> {
  const { containers } = context;
  const [from, to] = [containers.directory(source.id), containers.directory(record.id)];
  const spec = JSON.parse(readFileSync(join(from, 'config.json'), 'utf8')) as Spec;
  const volumes = await forkVolumes(context, source.mounts ?? [], record.mounts ?? []);
  const claimed = await claimIDs(context, source, record);
  // One that was made up of the id is made up again; one that is shared is the other's still.
  const hostname = spec.hostname === source.id.slice(0, 12) ? record.id.slice(0, 12) : spec.hostname;
  const fork: Fork = {
    moved: new Map([[from, to], ...volumes]),
    cgroupsPath: cgroupOf(record.id, record.resources?.cgroupParent),
    ...(hostname === undefined ? {} : { hostname }),
    ...(source.userns === undefined || claimed.userns === undefined
      ? {}
      : { firstID: { from: source.userns.start, to: claimed.userns.start } }),
  };
  const gateway = gatewayOf(context, record.networks);
  writeIdentityFiles(to, {
    name: record.name,
    hostname: hostname ?? readFileSync(join(from, 'hostname'), 'utf8').trim(),
    network: record.namespaces?.network === 'host' ? 'host' : record.networks === undefined ? 'none' : 'networks',
    ...(gateway === undefined ? {} : { gateway }),
    ...(record.nameOptions === undefined ? {} : { wishes: record.nameOptions }),
    ...(spec.domainname === undefined ? {} : { domainname: spec.domainname }),
  });
  writeFileSync(join(to, 'config.json'), formatJson(forkSpec(spec, fork)), { mode: 0o600 });
  makeUpperdir(context, record, { upperdir: join(to, 'upper'), workdir: join(to, 'work') });
  containers.update({ ...claimed, kept: true });
}

/** Of a user namespace with ids that nobody else has. Loaded only where there is one. */
async function claimIDs(
  context: EngineContext,
  { userns }: ContainerRecord,
  record: ContainerRecord,
): Promise<ContainerRecord> {
  if (userns === undefined) return record;
  const { parseUserMode } = await import('../containers/spec/user-mode.ts');
  const mode = parseUserMode(userns.mode);
  if (mode.kind !== 'auto') return { ...record, userns };
  const { claimIDs } = await import('../containers/user-namespaces.ts');
  return await claimIDs(context, record, { ...mode, mode: userns.mode });
}
