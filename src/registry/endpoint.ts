/** A reference → the servers to ask for it, in order: mirrors of registries.conf first, then the registry itself. */
import { formatReference, type Reference } from '../oci/index.ts';
import { hostnameOf, isLoopback } from './address.ts';
import { findRule, type Mirror, matchPrefix, type RegistryRule } from './registries-conf.ts';
import { RegistryError } from './registry-error.ts';

/**
 * How far the line is trusted.
 * - `verified`: HTTPS, with a certificate that holds.
 * - `insecure`: registries.conf says so. HTTPS with any certificate, else plain HTTP.
 * - `loopback`: the line never leaves the machine. Plain HTTP, else HTTPS with any certificate.
 */
export type Security = 'verified' | 'insecure' | 'loopback';

export interface Endpoint {
  readonly kind: 'registry' | 'mirror';
  /** As in references: `docker.io`, `127.0.0.1:5000`. Credentials and certificates are looked up by it. */
  readonly registry: string;
  /** To connect to: `registry-1.docker.io`. */
  readonly host: string;
  /** On that server. */
  readonly repository: string;
  readonly security: Security;
}

/** @throws RegistryError `REGISTRY_BLOCKED` */
export function endpointsOf(reference: Reference, rules: readonly RegistryRule[]): Endpoint[] {
  const name = `${reference.registry}/${reference.repository}`;
  const rule = findRule(rules, formatReference(reference));
  if (rule === undefined) return [endpointAt('registry', name, undefined)];
  if (rule.blocked)
    throw new RegistryError(
      'REGISTRY_BLOCKED',
      `cannot pull "${formatReference(reference)}": "${rule.prefix}" is blocked (expected a registry that may be used)`,
      { hint: `See "blocked" in ${rule.file}.` },
    );
  const rest = name.slice(matchPrefix(name, rule.prefix) ?? name.length);
  const mirrors = rule.mirrors.filter((mirror) => serves(mirror, reference));
  return [
    ...mirrors.map((mirror) => endpointAt('mirror', mirror.location + rest, mirror.insecure || undefined)),
    endpointAt('registry', rule.location === undefined ? name : rule.location + rest, rule.insecure),
  ];
}

function serves(mirror: Mirror, reference: Reference): boolean {
  if (mirror.pullFromMirror === 'all') return true;
  return (mirror.pullFromMirror === 'digest-only') === (reference.digest !== undefined);
}

/** @param insecure undefined: not said */
function endpointAt(kind: Endpoint['kind'], name: string, insecure: boolean | undefined): Endpoint {
  const slash = name.indexOf('/');
  const registry = slash < 0 ? name : name.slice(0, slash);
  return {
    kind,
    registry,
    // Docker Hub's API has a host of its own: docker.io is a web site.
    host: registry === 'docker.io' || registry === 'index.docker.io' ? 'registry-1.docker.io' : registry,
    repository: slash < 0 ? '' : name.slice(slash + 1),
    security: securityOf(registry, insecure),
  };
}

/** Who says `insecure = false` of a loopback registry wants its certificate checked. */
function securityOf(registry: string, insecure: boolean | undefined): Security {
  if (insecure === false) return 'verified';
  if (isLoopback(hostnameOf(registry))) return 'loopback';
  return insecure ? 'insecure' : 'verified';
}
