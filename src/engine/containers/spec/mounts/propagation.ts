/** Whether a source can have the propagation that is asked for: mount_namespaces(7) "Shared subtrees". Pure. */

/** @param mountinfo of proc_pid_mountinfo(5) @returns what is wrong, in docker's words; undefined where nothing is */
export function checkPropagation(source: string, propagation: string, mountinfo: string): string | undefined {
  const mount = mountsIn(mountinfo)
    .filter(({ mountpoint }) => mountpoint === '/' || source === mountpoint || source.startsWith(`${mountpoint}/`))
    // Of mounts at one place the last is the one on top.
    .reduce<MountLine | undefined>(
      (best, next) => (best === undefined || next.mountpoint.length >= best.mountpoint.length ? next : best),
      undefined,
    );
  if (mount === undefined) return undefined;
  const isShared = mount.tags.some((tag) => tag.startsWith('shared:'));
  const isSlave = mount.tags.some((tag) => tag.startsWith('master:'));
  const where = `path ${source} is mounted on ${mount.mountpoint} but it is not a shared`;
  if (/shared$/.test(propagation)) return isShared ? undefined : `${where} mount`;
  return isShared || isSlave ? undefined : `${where} or slave mount`;
}

interface MountLine {
  readonly mountpoint: string;
  readonly tags: readonly string[];
}

function mountsIn(mountinfo: string): MountLine[] {
  return mountinfo.split('\n').flatMap((line) => {
    const [, , , , mountpoint, , ...rest] = line.split(' ');
    if (mountpoint === undefined) return [];
    const unescaped = mountpoint.replace(/\\([0-7]{3})/g, (_, code: string) =>
      String.fromCharCode(Number.parseInt(code, 8)),
    );
    return [{ mountpoint: unescaped, tags: rest.slice(0, rest.indexOf('-')) }];
  });
}
