/**
 * Seccomp profiles as files have them: docker's words (moby/profiles, seccomp: `archMap`, `includes`, `excludes`, one `name`),
 * podman's (`errno` by name) and the runtime spec's own, config-linux.md#seccomp. The shape is checked here; what the
 * words mean, where they are resolved.
 */
import { JsonValue } from './json.ts';
import type { LinuxSeccomp, SeccompArgument, SeccompRule } from './runtime-spec.ts';

export interface SeccompProfile extends Omit<LinuxSeccomp, 'syscalls'> {
  /** Architectures to serve where the machine is of the first: `{ architecture, subArchitectures }`. */
  readonly archMap?: readonly ArchitectureMap[];
  readonly syscalls: readonly ProfileRule[];
}

export interface ArchitectureMap {
  readonly architecture: string;
  readonly subArchitectures: readonly string[];
}

/** A rule that counts where all of `includes` is so, and nothing of `excludes`. */
export interface ProfileRule extends SeccompRule {
  readonly includes?: RuleFilter;
  readonly excludes?: RuleFilter;
}

export interface RuleFilter {
  /** `CAP_SYS_ADMIN`: of the container's bounding set. */
  readonly caps?: readonly string[];
  /** Machines in docker's words: `amd64`, `arm64`. */
  readonly arches?: readonly string[];
  /** `4.8` */
  readonly minKernel?: string;
}

/** @throws GockerError `DOCUMENT_INVALID`, naming the place */
export function parseSeccompProfile(text: string): SeccompProfile {
  const root = JsonValue.parse('seccomp profile', quoteGreatNumbers(text));
  if (root.field('architectures').present && root.field('archMap').present) {
    root.field('archMap').refuse('either "architectures" or "archMap", not both');
  }
  if (root.field('listenerPath').present) {
    root.field('listenerPath').refuse('none: nothing here would listen to the calls');
  }
  const strings = (value: JsonValue) => value.list((item) => item.string());
  return {
    defaultAction: root.field('defaultAction').string(),
    ...root.optional('defaultErrnoRet', (value) => value.integer()),
    ...root.optional('architectures', strings),
    ...root.optional('archMap', (value) => value.list(parseArchitectureMap)),
    ...root.optional('flags', strings),
    syscalls: root.optional('syscalls', (value) => value.list(parseRule)).syscalls ?? [],
  };
}

function parseArchitectureMap(value: JsonValue): ArchitectureMap {
  const sub = value.field('subArchitectures');
  return {
    architecture: value.field('architecture').string(),
    subArchitectures: sub.present ? sub.list((item) => item.string()) : [],
  };
}

function parseRule(value: JsonValue): ProfileRule {
  const [name, names] = [value.field('name'), value.field('names')];
  if (name.present && names.present) names.refuse('either "name" or "names", not both');
  return {
    names: name.present ? [name.string()] : names.list((item) => item.string()),
    action: value.field('action').string(),
    ...value.optional('errnoRet', (item) => item.integer()),
    ...value.optional('args', (item) => item.list(parseArgument)),
    ...value.optional('includes', parseFilter),
    ...value.optional('excludes', parseFilter),
  };
}

function parseArgument(value: JsonValue): SeccompArgument {
  return {
    index: value.field('index').integer(),
    value: value.field('value').unsigned(),
    ...value.optional('valueTwo', (item) => item.unsigned()),
    op: value.field('op').string(),
  };
}

function parseFilter(value: JsonValue): RuleFilter {
  const strings = (item: JsonValue) => item.list((each) => each.string());
  return {
    ...value.optional('caps', strings),
    ...value.optional('arches', strings),
    ...value.optional('minKernel', (item) => item.string()),
  };
}

/** Numbers that JSON.parse would round, as strings of their digits. */
function quoteGreatNumbers(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|[\d.eE+-]{16,}/gs, (token) => (/^\d+$/.test(token) ? `"${token}"` : token));
}
