/**
 * Filters that need no compiling: docker's profile takes some milliseconds of a program that has just started, and nearly
 * every container has that one, with the same capabilities.
 */
import { formatJson, type LinuxSeccomp } from '../../oci/index.ts';
import { type Architecture, thisArchitecture } from '../../syscall/index.ts';
import { defaultCapabilities } from '../spec/capabilities.ts';
import { defaultProfile } from './default-profile.ts';
import { compileFilter } from './filter.ts';
import { prebuiltFilters } from './prebuilt-filters.ts';
import { resolveProfile } from './resolve-profile.ts';

/** The kernels that gocker runs on are all newer than what the profile asks for. */
const kernel = '5.12';

/** Text of a profile to its filter: one that came from a file is another object each time. */
const compiled = new Map<string, Uint8Array>();

/** Docker's, and what most take who drop all. Others that make no difference to the profile have the same filter. */
export const prebuiltSets: readonly (readonly string[])[] = [defaultCapabilities, []];

/** Many profiles in one process are a program that makes them up: the map would grow with it. */
const MOST = 16;

/** The same as compileFilter(). @throws GockerError `SECCOMP_INVALID` */
export function filterOf(profile: LinuxSeccomp, machine: Architecture = thisArchitecture()): Uint8Array {
  const key = keyOf(profile, machine);
  const filter = compiled.get(key) ?? findPrebuilt(key, machine) ?? compileFilter(profile, machine);
  if (compiled.size < MOST) compiled.set(key, filter);
  return filter;
}

function findPrebuilt(key: string, machine: Architecture): Uint8Array | undefined {
  const set = prebuiltSets.findIndex((capabilities) => {
    return keyOf(resolveProfile(defaultProfile, { capabilities, kernel, machine }), machine) === key;
  });
  const filter = prebuiltFilters[machine][set];
  return filter === undefined ? undefined : Buffer.from(filter, 'base64');
}

function keyOf(profile: LinuxSeccomp, machine: Architecture): string {
  return machine + formatJson(profile);
}
