/** The profile that a container gets: gocker's own, one from a file, or none. */
import { release } from 'node:os';
import { type LinuxSeccomp, parseSeccompProfile } from '../../oci/index.ts';
import { thisArchitecture } from '../../syscall/index.ts';
import { defaultProfile } from './default-profile.ts';
import { checkProfile, resolveProfile, type SeccompFacts } from './resolve-profile.ts';

export type SeccompChoice =
  | { readonly kind: 'default' }
  | { readonly kind: 'unconfined' }
  /** JSON in docker's words or the runtime spec's. */
  | { readonly kind: 'profile'; readonly text: string };

/**
 * For `linux.seccomp` of a spec; undefined for a container without a filter.
 *
 * @param facts the container's bounding set; kernel and machine are this one's where left out
 * @throws GockerError `DOCUMENT_INVALID`, `SECCOMP_INVALID`, `CAPABILITY_UNKNOWN`
 */
export function seccompFor(
  choice: SeccompChoice,
  facts: Pick<SeccompFacts, 'capabilities'> & Partial<SeccompFacts>,
): LinuxSeccomp | undefined {
  if (choice.kind === 'unconfined') return undefined;
  const { capabilities, kernel = release(), machine = thisArchitecture() } = facts;
  const all = { capabilities, kernel, machine };
  if (choice.kind === 'default') return resolveProfile(defaultProfile, all);
  const profile = parseSeccompProfile(choice.text);
  checkProfile(profile);
  return resolveProfile(profile, all);
}
