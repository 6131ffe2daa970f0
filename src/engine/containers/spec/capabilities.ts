/** Which capabilities a container's root has: docker's fourteen, and what --cap-add and --cap-drop make of them. Pure. */
import { nearest } from '../../../errors/index.ts';
import { capabilitiesIn, capabilityMask, capabilityNames, defaultCapabilities } from '../../../runtime/index.ts';
import { optionError } from '../../options/option-error.ts';
import type { PrivilegeOptions } from '../../options/privilege-options.ts';

const all = 'ALL';

/**
 * What is both added and dropped is added, as with docker. `--privileged` is every capability, whatever else is said. What
 * gocker lacks of "all" is left to the runtime, which cuts it and says so; asked for by name, it is an error.
 *
 * @param held the mask of what gocker itself has
 * @throws GockerError `CAPABILITY_UNKNOWN`, `CAPABILITY_UNAVAILABLE`
 */
export function chooseCapabilities(options: PrivilegeOptions, held: bigint): readonly string[] {
  const added = (options.capAdd ?? []).map((name) => knownName('--cap-add', name));
  const dropped = (options.capDrop ?? []).map((name) => knownName('--cap-drop', name));
  const given = capabilityMask(added.filter((name) => name !== all));
  const taken = capabilityMask(dropped.filter((name) => name !== all));
  if (options.privileged === true) return capabilityNames;
  const [lacking] = capabilitiesIn(given & ~held);
  if (lacking !== undefined && !added.includes(all)) {
    throw optionError({
      code: 'CAPABILITY_UNAVAILABLE',
      flag: '--cap-add',
      value: lacking,
      is: 'gocker itself does not have that capability, and so has none to give',
      expected: 'one that it has',
      hint: 'Start gocker with it, or do without.',
    });
  }
  if (added.includes(all)) return capabilitiesIn(capabilityMask(capabilityNames) & ~taken);
  if (dropped.includes(all)) return capabilitiesIn(given);
  return capabilitiesIn((capabilityMask(defaultCapabilities) & ~taken) | given);
}

function knownName(flag: string, value: string): string {
  const name = normalName(value);
  if (name === all || capabilityNames.some((known) => known === name)) return name;
  const near = nearest(name, capabilityNames);
  throw optionError({
    code: 'CAPABILITY_UNKNOWN',
    flag,
    value,
    is: `unknown capability: "${name}"`,
    expected: 'ALL, or one of capabilities(7)',
    hint: near === undefined ? 'Write it as capabilities(7) does, such as NET_ADMIN.' : `Did you mean ${near}?`,
  });
}

/** `net_admin` as `CAP_NET_ADMIN`, and `all` as `ALL`. */
export function normalName(name: string): string {
  const upper = name.trim().toUpperCase();
  return upper === all || upper.startsWith('CAP_') ? upper : `CAP_${upper}`;
}
