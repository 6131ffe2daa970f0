/** The mounts of a container: the kernel's, ours and the user's, in the order in which they are attached. Pure. */
import type { Mount } from '../../../oci/index.ts';
import type { PrivilegeOptions } from '../../options/privilege-options.ts';
import { kernelMounts } from './kernel-mounts.ts';
import { shareMemory } from './namespaces.ts';
import type { SpecFacts } from './spec.ts';

/**
 * Outer ones first; of two for one place the user's wins over ours.
 *
 * @throws GockerError `SHM_SIZE_INVALID`
 */
export function arrangeMounts(
  options: PrivilegeOptions,
  facts: Pick<SpecFacts, 'identityMounts' | 'namespaces' | 'userMounts' | 'privileges'>,
): Mount[] {
  const places = new Map<string, Mount>();
  const kernel = shareMemory(facts.namespaces.ipc, kernelMounts(options, facts.privileges.memoryBytes));
  for (const mount of [...kernel, ...facts.identityMounts, ...facts.userMounts]) {
    places.delete(mount.destination);
    places.set(mount.destination, mount);
  }
  const depth = (mount: Mount) => mount.destination.split('/').length;
  return [...places.values()].sort((a, b) => depth(a) - depth(b));
}
