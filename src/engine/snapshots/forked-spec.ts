/** The runtime spec of a container that is made like another one: all that speaks of the other's own things. Pure. */
import { join } from 'node:path';
import type { IDMapping, Mount, Spec } from '../../oci/index.ts';

export interface Fork {
  /** Directories, each with what takes its place: the container's own, and those of its anonymous volumes. */
  readonly moved: ReadonlyMap<string, string>;
  /** Its hostname; undefined where it shares another's. */
  readonly hostname?: string;
  readonly cgroupsPath: string;
  /** The first of the host's ids that its user namespace is given. */
  readonly firstID?: { readonly from: number; readonly to: number };
}

export function forkSpec(spec: Spec, { moved, hostname, cgroupsPath, firstID }: Fork): Spec {
  const shift = (mappings: readonly IDMapping[]) =>
    mappings.map((mapping) => {
      if (firstID === undefined) return mapping;
      return { ...mapping, hostID: mapping.hostID - firstID.from + firstID.to };
    });
  const { uidMappings, gidMappings } = spec.linux;
  return {
    ...spec,
    ...(hostname === undefined || spec.hostname === undefined ? {} : { hostname }),
    process: { ...spec.process, ...rename(spec, hostname) },
    mounts: (spec.mounts ?? []).map((mount) => moveMount(mount, moved)),
    linux: {
      ...spec.linux,
      cgroupsPath,
      ...(uidMappings === undefined ? {} : { uidMappings: shift(uidMappings) }),
      ...(gidMappings === undefined ? {} : { gidMappings: shift(gidMappings) }),
    },
  };
}

/** The environment tells the hostname, too: unless the user has set it to something else. */
function rename({ process, hostname: old }: Spec, hostname: string | undefined): Pick<Spec['process'], 'env'> {
  const { env } = process;
  if (env === undefined || hostname === undefined || old === undefined) return {};
  return { env: env.map((variable) => (variable === `HOSTNAME=${old}` ? `HOSTNAME=${hostname}` : variable)) };
}

function moveMount(mount: Mount, moved: ReadonlyMap<string, string>): Mount {
  const { source } = mount;
  if (source === undefined) return mount;
  for (const [from, to] of moved) {
    if (source === from || source.startsWith(`${from}/`))
      return { ...mount, source: join(to, source.slice(from.length)) };
  }
  return mount;
}
