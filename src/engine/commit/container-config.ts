/** A container as the config of an image: what its image said, and what was said when it was made. Pure. */
import type { ExecutionConfig, Spec } from '../../oci/index.ts';
import type { ContainerRecord } from '../containers/record.ts';

export interface ContainerFacts {
  readonly record: Pick<ContainerRecord, 'path' | 'args' | 'labels' | 'tty' | 'stopSignal' | 'mountOptions'>;
  readonly spec: Pick<Spec, 'process' | 'hostname'>;
  /** The ids that the image's user has. */
  readonly imageUser: { readonly uid: number; readonly gid: number };
}

const defaultPath = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export function containerConfig(image: ExecutionConfig, { record, spec, imageUser }: ContainerFacts): ExecutionConfig {
  const { cwd, user, env = [] } = spec.process;
  const isImageUser = user.uid === imageUser.uid && user.gid === imageUser.gid;
  const anonymous = (record.mountOptions?.volumes ?? []).filter((text) => !text.includes(':'));
  const volumes = [...Object.keys(image.Volumes ?? {}), ...anonymous];
  const labels = { ...image.Labels, ...record.labels };
  return {
    ...image,
    ...(isImageUser ? {} : { User: `${user.uid}:${user.gid}` }),
    Env: ownEnvironment(env, image.Env ?? [], { hostname: spec.hostname ?? '', tty: record.tty }),
    ...command(image, [record.path, ...record.args]),
    ...(cwd === '/' && image.WorkingDir === undefined ? {} : { WorkingDir: cwd }),
    ...(volumes.length === 0 ? {} : { Volumes: Object.fromEntries(volumes.map((path) => [path, {}])) }),
    ...(Object.keys(labels).length === 0 ? {} : { Labels: labels }),
    ...(record.stopSignal === undefined ? {} : { StopSignal: record.stopSignal }),
  };
}

/** Without what every container is given that nobody asked for. */
function ownEnvironment(
  env: readonly string[],
  image: readonly string[],
  { hostname, tty }: { readonly hostname: string; readonly tty: boolean },
): string[] {
  const given = new Set([defaultPath, `HOSTNAME=${hostname}`, ...(tty ? ['TERM=xterm'] : [])]);
  const names = new Set(image.map((entry) => entry.slice(0, entry.indexOf('='))));
  // HOME comes from the accounts of the image, and will again.
  return env.filter((entry) => {
    const name = entry.slice(0, entry.indexOf('='));
    return names.has(name) || !(given.has(entry) || name === 'HOME');
  });
}

/** Entrypoint and command are one in a container: its image's is taken off, where that is how it begins. */
function command(
  { Entrypoint }: ExecutionConfig,
  args: readonly string[],
): Pick<ExecutionConfig, 'Entrypoint' | 'Cmd'> {
  const entrypoint = Entrypoint ?? [];
  if (entrypoint.length === 0) return { Cmd: args };
  if (entrypoint.every((word, at) => args[at] === word))
    return { Entrypoint: entrypoint, Cmd: args.slice(entrypoint.length) };
  return { Entrypoint: args.slice(0, 1), Cmd: args.slice(1) };
}
