/** What the tests of plans share: a spec such as the engine makes, and calls as text. */
import { expect } from 'vitest';
import type { Mount, Spec } from '../../../src/oci/index.ts';
import {
  defaultCapabilities,
  defaultMaskedPaths,
  defaultMounts,
  defaultNamespaces,
  defaultReadonlyPaths,
  defaultSysctls,
  type HostFacts,
  type PlanInput,
  planContainer,
} from '../../../src/runtime/index.ts';
import { formatKernelCall, type KernelCall } from '../../../src/syscall/index.ts';

const facts = {
  architecture: 'x64',
  knowsMemfdExec: true,
  lastCapability: 40,
  capabilities: 2n ** 41n - 1n,
  ignoredSignals: [13],
  hasCgroup2: true,
  kinds: new Map<string, 'file' | 'directory'>(),
} as const;

export const host: HostFacts = facts;

export interface SpecChanges {
  readonly hostname?: string;
  readonly process?: Partial<Spec['process']>;
  readonly linux?: Partial<Spec['linux']>;
  readonly mounts?: readonly Mount[];
}

export function specOf(changes: SpecChanges = {}): Spec {
  const sets = { bounding: defaultCapabilities, permitted: defaultCapabilities, effective: defaultCapabilities };
  return {
    ociVersion: '1.2.1',
    process: {
      cwd: '/',
      args: ['true'],
      env: ['SECRET=s'],
      user: { uid: 0, gid: 0 },
      capabilities: sets,
      ...changes.process,
    },
    root: { path: 'rootfs' },
    ...(changes.hostname === undefined ? {} : { hostname: changes.hostname }),
    mounts: changes.mounts ?? defaultMounts(),
    linux: {
      namespaces: defaultNamespaces('private'),
      maskedPaths: defaultMaskedPaths,
      readonlyPaths: defaultReadonlyPaths,
      sysctl: defaultSysctls('private'),
      ...changes.linux,
    },
  };
}

const rootfs = {
  kind: 'overlay',
  lowerdirs: ['/s/layers/2', '/s/layers/1'],
  writable: { upperdir: '/s/box/upper', workdir: '/s/box/work' },
} as const;

export function plan(changes: SpecChanges = {}, input: Partial<PlanInput> = {}): KernelCall[] {
  return planContainer({ spec: specOf(changes), rootfs, host, stdin: 'pipe', deviceAccess: 'bpf', ...input });
}

export function textOf(calls: readonly KernelCall[]): string[] {
  return calls.map((call) => formatKernelCall(call));
}

/** The place of the first call that is like this. */
export function placeOf(lines: readonly string[], pattern: RegExp): number {
  const index = lines.findIndex((line) => pattern.test(line));
  expect(index, `no call is like ${pattern}`).toBeGreaterThanOrEqual(0);
  return index;
}

export function expectOrder(lines: readonly string[], patterns: readonly RegExp[]): void {
  const places = patterns.map((pattern) => placeOf(lines, pattern));
  expect(places).toEqual([...places].sort((a, b) => a - b));
}
