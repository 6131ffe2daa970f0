/** `inspect` of a container, with docker's keys. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Spec } from '../../oci/index.ts';
import type { EngineContext } from '../context.ts';
import { resourcesView } from './limits.ts';
import { statusOf } from './record.ts';

/** @throws GockerError `CONTAINER_NOT_FOUND`, `CONTAINER_AMBIGUOUS` */
export async function inspectContainer(
  context: EngineContext,
  text: string,
): Promise<Readonly<Record<string, unknown>>> {
  const record = context.containers.find(text);
  const directory = context.containers.directory(record.id);
  const spec = JSON.parse(readFileSync(join(directory, 'config.json'), 'utf8')) as Spec;
  const status = statusOf(record);
  return {
    Id: record.id,
    Created: record.created,
    Path: record.path,
    Args: record.args,
    State: {
      Status: status,
      Running: status === 'running',
      OOMKilled: record.oomKilled === true,
      Pid: status === 'running' ? record.process?.pid : 0,
      ExitCode: record.exitCode ?? 0,
      StartedAt: record.started ?? '0001-01-01T00:00:00Z',
      FinishedAt: record.finished ?? '0001-01-01T00:00:00Z',
    },
    Image: record.imageID,
    ResolvConfPath: join(directory, 'resolv.conf'),
    HostnamePath: join(directory, 'hostname'),
    HostsPath: join(directory, 'hosts'),
    Name: `/${record.name}`,
    GraphDriver: { Name: 'overlay', Data: { UpperDir: join(directory, 'upper'), WorkDir: join(directory, 'work') } },
    Mounts: (spec.mounts ?? [])
      .filter((mount) => mount.type === 'bind' && !mount.source?.startsWith(directory))
      .map((mount) => ({
        Type: 'bind',
        Source: mount.source,
        Destination: mount.destination,
        RW: mount.options?.includes('ro') !== true,
      })),
    Config: {
      Hostname: spec.hostname ?? '',
      User: `${spec.process.user.uid}:${spec.process.user.gid}`,
      Tty: spec.process.terminal === true,
      Env: spec.process.env,
      Cmd: record.args,
      Image: record.image,
      WorkingDir: spec.process.cwd,
      Labels: record.labels,
    },
    HostConfig: {
      ...resourcesView(record.resources, spec),
      AutoRemove: record.autoRemove,
      ReadonlyRootfs: spec.root.readonly === true,
      NetworkMode: spec.linux.namespaces.some(({ type }) => type === 'network') ? 'none' : 'host',
    },
  };
}
