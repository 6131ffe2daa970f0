/** `inspect` of a container, with docker's keys. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Spec } from '../../oci/index.ts';
import type { EngineContext } from '../context.ts';
import { describeSnapshots } from '../snapshots/tags.ts';
import { VolumeStore } from '../volumes/volume-store.ts';
import { inspectConfig } from './inspect-config.ts';
import { inspectHostConfig } from './inspect-host-config.ts';
import { inspectMounts } from './inspect-mounts.ts';
import { inspectNetwork, inspectPortBindings } from './inspect-network.ts';
import { inspectState } from './inspect-state.ts';
import { inspectHealthcheck, inspectRestartPolicy } from './inspect-supervision.ts';
import { resourcesView } from './limits.ts';
import { inspectLogging } from './logging.ts';
import { lowerdirsOf } from './lowerdirs.ts';
import { inspectPrivileges } from './privilege-record.ts';
import type { ContainerRecord } from './record.ts';

/** @throws GockerError `CONTAINER_NOT_FOUND`, `CONTAINER_AMBIGUOUS` */
export async function inspectContainer(
  context: EngineContext,
  text: string,
  options: { readonly size?: boolean } = {},
): Promise<Readonly<Record<string, unknown>>> {
  const record = context.containers.find(text);
  const directory = context.containers.directory(record.id);
  const spec = JSON.parse(readFileSync(join(directory, 'config.json'), 'utf8')) as Spec;
  const mounts = inspectMounts(record, new VolumeStore(context.directories.root));
  const logging = inspectLogging(context, record);
  return {
    Id: record.id,
    Created: record.created,
    Path: record.path,
    Args: record.args,
    State: inspectState(directory, record),
    Image: record.imageID,
    ResolvConfPath: join(directory, 'resolv.conf'),
    HostnamePath: join(directory, 'hostname'),
    HostsPath: join(directory, 'hosts'),
    LogPath: logging.LogPath,
    Name: `/${record.name}`,
    RestartCount: record.restarts?.count ?? 0,
    Driver: 'overlay',
    Platform: 'linux',
    MountLabel: '',
    ProcessLabel: '',
    AppArmorProfile: spec.process.apparmorProfile ?? '',
    ExecIDs: null,
    GraphDriver: {
      Name: 'overlay',
      Data: {
        LowerDir: (lowerdirsOf(context, record) ?? []).join(':'),
        UpperDir: join(directory, 'upper'),
        WorkDir: join(directory, 'work'),
      },
    },
    ...(options.size === true ? await inspectSizes(context, record) : {}),
    Snapshots: describeSnapshots(context, record).map(({ tag, created, depth, current }) => ({
      Tag: tag,
      Created: created,
      Layers: depth,
      Current: current,
    })),
    Mounts: mounts.Mounts,
    Config: { ...inspectConfig(record, spec), Volumes: mounts.Volumes, ...inspectHealthcheck(record) },
    HostConfig: {
      ...inspectHostConfig(record),
      ...inspectPortBindings(record),
      ...resourcesView(record.resources, spec),
      ...logging.HostConfig,
      ...inspectRestartPolicy(record),
      ...inspectPrivileges(record, spec),
      ReadonlyRootfs: spec.root.readonly === true,
      ...mounts.HostConfig,
    },
    NetworkSettings: inspectNetwork(context, record),
  };
}

async function inspectSizes(context: EngineContext, record: ContainerRecord) {
  const { sizesOf } = await import('./size.ts');
  const { sizeRw, sizeRootFs } = sizesOf(context, record);
  return { SizeRw: sizeRw, SizeRootFs: sizeRootFs };
}
