/** What `run` takes: the image and its command, and by topic what the container may use, do and see. */
import type { ConsoleSize, PullEvent, PullPolicy } from '../types.ts';
import type { HealthOptions } from './health-options.ts';
import type { LifecycleOptions } from './lifecycle-options.ts';
import type { LoggingOptions } from './logging-options.ts';
import type { MountOptions } from './mount-options.ts';
import type { NameOptions } from './name-options.ts';
import type { NamespaceOptions } from './namespace-options.ts';
import type { NetworkOptions } from './network-options.ts';
import type { PortOptions } from './port-options.ts';
import type { PrivilegeOptions } from './privilege-options.ts';
import type { ProcessOptions } from './process-options.ts';
import type { ResourceOptions } from './resource-options.ts';
import type { RestartOptions } from './restart-options.ts';

export interface RunOptions
  extends HealthOptions,
    LifecycleOptions,
    LoggingOptions,
    NamespaceOptions,
    NetworkOptions,
    NameOptions,
    PortOptions,
    MountOptions,
    PrivilegeOptions,
    ProcessOptions,
    ResourceOptions,
    RestartOptions {
  readonly image: string;
  /** Takes the place of the image's Cmd. */
  readonly command?: readonly string[];
  /** Takes the place of the image's Entrypoint (and drops its Cmd); an empty array means none. */
  readonly entrypoint?: readonly string[];
  readonly name?: string;
  /** `name|uid[:group|gid]`, after the image's own passwd and group. */
  readonly user?: string;
  readonly workdir?: string;
  /** `K=V`; a later one wins over an earlier one and over the image's. */
  readonly env?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  /** Forget the container, its files included, once it has ended. */
  readonly autoRemove?: boolean;
  /** A terminal of its own; stdout then carries all output and stderr is empty. */
  readonly tty?: boolean;
  readonly consoleSize?: ConsoleSize;
  /** Keep stdin open; /dev/null where false. */
  readonly interactive?: boolean;
  readonly pull?: PullPolicy;
  readonly platform?: string;
  readonly fallback?: boolean;
  /** Take the time of each kernel call, for `explain()`. */
  readonly timing?: boolean;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: PullEvent) => void;
}
