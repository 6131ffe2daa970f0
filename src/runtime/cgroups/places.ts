/** Where a cgroup of a name may be. */
import { join } from 'node:path';
import { componentsOf } from './directories.ts';
import { cgroupHierarchies } from './hierarchies.ts';

export interface CgroupPlace {
  readonly path: string;
  readonly mountpoint: string;
}

/** In v2 first, then in each hierarchy of v1; it need not be there. @param name as in the spec: `gocker/<id>` */
export function placesOf(name: string): CgroupPlace[] {
  const { unified, v1 } = cgroupHierarchies();
  const mountpoints = new Set([...(unified === undefined ? [] : [unified]), ...v1.values()]);
  const components = componentsOf(name);
  return [...mountpoints].map((mountpoint) => ({ path: join(mountpoint, ...components), mountpoint }));
}
