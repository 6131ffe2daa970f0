/** `inspect` of a container, with docker's keys. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Spec } from '../../oci/index.ts';
import type { EngineContext } from '../context.ts';
import { describeSnapshots } from '../snapshots/tags.ts';
import { VolumeStore } from '../volumes/volume-store.ts';
import { inspectMounts } from './inspect-mounts.ts';
import { inspectNetwork } from './inspect-network.ts';
import { inspectState } from './inspect-state.ts';
import { inspectHealthcheck, inspectRestartPolicy } from './inspect-supervision.ts';
import { resourcesView } from './limits.ts';
import { inspectLogging } from './logging.ts';
import { inspectPrivileges } from './privilege-record.ts';
import type { ContainerRecord } from './record.ts';

/** @throws GockerError `CONTAINER_NOT_FOUND`, `CONTAINER_AMBIGUOUS` */
export async function inspectContainer(
  context: EngineContext,
  text: string,
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
    GraphDriver: { Name: 'overlay', Data: { UpperDir: join(directory, 'upper'), WorkDir: join(directory, 'work') } },
    Snapshots: describeSnapshots(context, record).map(({ tag, created, depth, current }) => ({
      Tag: tag,
      Created: created,
      Layers: depth,
      Current: current,
    })),
    Mounts: mounts.Mounts,
    Config: {
      Hostname: spec.hostname ?? '',
      Domainname: spec.domainname ?? '',
      User: `${spec.process.user.uid}:${spec.process.user.gid}`,
      Tty: spec.process.terminal === true,
      Env: spec.process.env,
      Cmd: record.args,
      Image: record.image,
      WorkingDir: spec.process.cwd,
      Volumes: mounts.Volumes,
      Labels: record.labels,
      ...inspectHealthcheck(record),
    },
    HostConfig: {
      ...resourcesView(record.resources, spec),
      ...logging.HostConfig,
      ...inspectRestartPolicy(record),
      AutoRemove: record.autoRemove,
      Init: record.init === true,
      ...inspectPrivileges(record, spec),
      ReadonlyRootfs: spec.root.readonly === true,
      ...mounts.HostConfig,
      ...namespaceModes(record),
    },
    NetworkSettings: inspectNetwork(record),
  };
}

/** docker shows what is private anyway as nothing, but for the two whose default it lets be chosen. */
function namespaceModes({ namespaces, userns }: ContainerRecord): Readonly<Record<string, string>> {
  const unlessPrivate = (mode = '') => (mode === 'private' ? '' : mode);
  return {
    NetworkMode: namespaces?.network ?? '',
    IpcMode: namespaces?.ipc ?? '',
    PidMode: unlessPrivate(namespaces?.pid),
    UTSMode: unlessPrivate(namespaces?.uts),
    UsernsMode: userns?.mode ?? '',
    CgroupnsMode: namespaces?.cgroupns ?? '',
  };
}
