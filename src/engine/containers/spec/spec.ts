/**
 * An image's config and the user's options as one OCI runtime spec: image-spec v1.1.1 conversion.md, with docker's defaults
 * where the spec leaves the choice. Pure.
 */
import { GockerError } from '../../../errors/index.ts';
import type { ExecutionConfig, Mount, Spec } from '../../../oci/index.ts';
import type { ContainerUser } from '../../../runtime/index.ts';
import type { RunOptions } from '../../options/run-options.ts';
import type { PrivilegeFacts } from '../privilege-facts.ts';
import { arrangeMounts } from './mounts.ts';
import { namespacesFor, type SharedModes } from './namespaces.ts';
import { privilegesFor } from './privileges.ts';
import { chooseArguments, mergeEnvironment } from './process.ts';
import { cgroupOf, type ResourceFacts, resourcesFor } from './resources.ts';
import { parseSysctls } from './sysctls.ts';

export interface SpecFacts {
  readonly id: string;
  readonly hostname: string;
  readonly user: ContainerUser;
  /** By -v, --mount, --tmpfs, --volumes-from and the image's VOLUME. */
  readonly userMounts: readonly Mount[];
  /** /etc/hosts and its like. */
  readonly identityMounts: readonly Mount[];
  readonly privileges: PrivilegeFacts;
  readonly resources: ResourceFacts;
  readonly namespaces: SharedModes;
}

/** @throws GockerError `COMMAND_MISSING`, `ENV_INVALID`, `LIMIT_INVALID`, `WORKDIR_INVALID`; those of the privileges */
export function makeSpec(config: ExecutionConfig, options: RunOptions, facts: SpecFacts): Spec {
  const { user, hostname } = facts;
  const tty = options.tty === true;
  const privileges = privilegesFor(options, user, facts.privileges);
  const { namespaces, sysctl } = namespacesFor(facts.namespaces);
  return {
    ociVersion: '1.2.1',
    process: {
      terminal: tty,
      ...(tty && options.consoleSize !== undefined
        ? { consoleSize: { height: options.consoleSize.rows, width: options.consoleSize.columns } }
        : {}),
      cwd: chooseWorkingDirectory(config, options),
      args: chooseArguments(config, options),
      env: mergeEnvironment(config.Env ?? [], options.env ?? [], { hostname, home: user.home, tty }),
      ...privileges.process,
    },
    root: { path: 'rootfs', readonly: options.readOnly === true },
    ...namesFor(options, facts),
    mounts: arrangeMounts(options, facts),
    annotations: { ...options.labels },
    linux: {
      namespaces,
      sysctl: { ...sysctl, ...parseSysctls(options.sysctls ?? [], namespaces) },
      ...privileges.linux,
      resources: { ...resourcesFor(options, facts.resources).resources, ...privileges.resources },
      cgroupsPath: cgroupOf(facts.id, options.cgroupParent),
    },
  };
}

/** Of the UTS namespace: one that is shared keeps its own. */
function namesFor(
  { domainname }: RunOptions,
  { hostname, namespaces }: SpecFacts,
): Pick<Spec, 'hostname' | 'domainname'> {
  if (namespaces.uts.kind !== 'own') return {};
  return domainname === undefined ? { hostname } : { hostname, domainname };
}

function chooseWorkingDirectory(config: ExecutionConfig, options: RunOptions): string {
  const image = config.WorkingDir ?? '';
  const chosen = options.workdir ?? (image === '' ? '/' : image);
  // An image may well say "app": it means the root's.
  if (options.workdir === undefined && !chosen.startsWith('/')) return `/${chosen}`;
  if (chosen.startsWith('/')) return chosen;
  throw new GockerError(
    'WORKDIR_INVALID',
    `cannot use working directory "${chosen}": it is not an absolute path (expected /dir)`,
  );
}
