/**
 * The spec of a container that is started again: those whose namespaces it shares may be other processes by now. Pure.
 */
import type { Mount, NamespaceType, Spec } from '../../../oci/index.ts';

/**
 * @param pids by the type of the shared namespace, the process that has it now
 */
export function rejoin(spec: Spec, pids: ReadonlyMap<NamespaceType, number>): Spec {
  const moved = new Map<string, string>();
  const namespaces = spec.linux.namespaces.map((namespace) => {
    const pid = pids.get(namespace.type);
    const old = namespace.path === undefined ? undefined : processOf(namespace.path);
    if (pid === undefined || old === undefined) return namespace;
    moved.set(old, `/proc/${pid}/`);
    return { ...namespace, path: `/proc/${pid}/${namespace.path?.slice(old.length)}` };
  });
  return {
    ...spec,
    mounts: (spec.mounts ?? []).map((mount) => move(mount, moved)),
    linux: { ...spec.linux, namespaces },
  };
}

/** Shared memory is a directory of the other container's root. */
function move(mount: Mount, moved: ReadonlyMap<string, string>): Mount {
  const old = processOf(mount.source ?? '');
  const now = old === undefined ? undefined : moved.get(old);
  return old === undefined || now === undefined
    ? mount
    : { ...mount, source: `${now}${mount.source?.slice(old.length)}` };
}

/** `/proc/PID/` */
function processOf(path: string): string | undefined {
  return /^\/proc\/\d+\//.exec(path)?.[0];
}
