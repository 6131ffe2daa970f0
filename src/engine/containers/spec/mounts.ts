/** The mounts of a container: the kernel's, ours and the user's, in the order in which they are attached. Pure. */
import type { Mount } from '../../../oci/index.ts';
import { defaultMounts } from '../../../runtime/index.ts';
import type { MountOptions } from '../../options/mount-options.ts';
import type { SpecFacts } from './spec.ts';
import { parseTmpfs, parseVolume } from './volume-flag.ts';

/**
 * Outer ones first; of two for one place the user's wins over ours, and the later over the earlier.
 *
 * @throws GockerError `VOLUME_INVALID`
 */
export function arrangeMounts(options: MountOptions, facts: SpecFacts): Mount[] {
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
