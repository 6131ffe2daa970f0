/**
 * An image's config and the user's options as one OCI runtime spec: image-spec v1.1.1 conversion.md, with docker's defaults
 * where the spec leaves the choice. Pure.
 */
import { GockerError } from '../../errors/index.ts';
import type { ExecutionConfig, Mount, Spec } from '../../oci/index.ts';
import {
  type ContainerUser,
  defaultCapabilities,
  defaultMaskedPaths,
  defaultMounts,
  defaultNamespaces,
  defaultReadonlyPaths,
  defaultSysctls,
} from '../../runtime/index.ts';
import type { RunOptions } from '../types.ts';
import { chooseArguments, mergeEnvironment } from './process.ts';
import { parseTmpfs, parseVolume } from './volume-flag.ts';

export interface SpecFacts {
  readonly id: string;
  readonly hostname: string;
  readonly user: ContainerUser;
  /** Of gocker itself: what relative sources of volumes are relative to. */
  readonly workingDirectory: string;
  /** /etc/hosts and its like. */
  readonly identityMounts: readonly Mount[];
}

/** @throws GockerError `COMMAND_MISSING`, `ENV_INVALID`, `VOLUME_INVALID`, `WORKDIR_INVALID` */
export function makeSpec(config: ExecutionConfig, options: RunOptions, facts: SpecFacts): Spec {
  const { uid, gid, additionalGids, home } = facts.user;
  const tty = options.tty === true;
  const network = options.network === 'host' ? 'host' : 'private';
  const capabilities = uid === 0 ? defaultCapabilities : [];
  return {
    ociVersion: '1.2.1',
    process: {
      terminal: tty,
      ...(tty && options.consoleSize !== undefined
        ? { consoleSize: { height: options.consoleSize.rows, width: options.consoleSize.columns } }
        : {}),
      cwd: chooseWorkingDirectory(config, options),
      args: chooseArguments(config, options),
      env: mergeEnvironment(config.Env ?? [], options.env ?? [], { hostname: facts.hostname, home, tty }),
      // The group itself among the supplementary ones: else a program could drop it and so escape what denies it (CVE-2022-36109).
      user: { uid, gid, additionalGids: [...new Set([gid, ...additionalGids])] },
      capabilities: {
        bounding: defaultCapabilities,
        permitted: capabilities,
        effective: capabilities,
        inheritable: [],
        ambient: [],
      },
    },
    root: { path: 'rootfs', readonly: options.readOnly === true },
    hostname: facts.hostname,
    mounts: arrangeMounts(options, facts),
    annotations: { ...options.labels },
    linux: {
      namespaces: defaultNamespaces(network),
      cgroupsPath: cgroupOf(facts.id),
      maskedPaths: defaultMaskedPaths,
      readonlyPaths: defaultReadonlyPaths,
      sysctl: defaultSysctls(network),
    },
  };
}

/** Relative to where cgroups are mounted. */
export function cgroupOf(id: string): string {
  return `gocker/${id}`;
}

function chooseWorkingDirectory(config: ExecutionConfig, options: RunOptions): string {
  const image = config.WorkingDir ?? '';
  const chosen = options.workdir ?? (image === '' ? '/' : image);
  // An image may well say "app": it means the root's.
  if (options.workdir === undefined && !chosen.startsWith('/')) return `/${chosen}`;
  if (chosen.startsWith('/')) return chosen;
  throw new GockerError(
    'WORKDIR_INVALID',
    `cannot use working directory "${chosen}": it is not an absolute path (expected /dir)`,
  );
}

/** Outer ones first; of two for one place the user's wins over ours, and the later over the earlier. */
function arrangeMounts(options: RunOptions, facts: SpecFacts): Mount[] {
  const user = [
    ...(options.tmpfs ?? []).map(parseTmpfs),
    ...(options.volumes ?? []).map((text) => parseVolume(text, facts.workingDirectory)),
  ];
  const places = new Map<string, Mount>();
  for (const mount of [...defaultMounts(), ...facts.identityMounts, ...user]) {
    places.delete(mount.destination);
    places.set(mount.destination, mount);
  }
  const depth = (mount: Mount) => mount.destination.split('/').length;
  return [...places.values()].sort((a, b) => depth(a) - depth(b));
}
