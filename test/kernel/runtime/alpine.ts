/** What the kernel-ring tests of the runtime share: a root filesystem, a spec for it, and a look at what is left behind. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, test } from 'vitest';
import type { Mount, Process, Spec } from '../../../src/oci/index.ts';
import {
  cgroupHierarchies,
  defaultCapabilities,
  defaultMaskedPaths,
  defaultMounts,
  defaultNamespaces,
  defaultReadonlyPaths,
  defaultSysctls,
  type LaunchOptions,
  launch,
  type NetworkMode,
  type Rootfs,
} from '../../../src/runtime/index.ts';

const tarball = resolve(import.meta.dirname, '../../../../shared/alpine-minirootfs-3.20.3-x86_64.tar.gz');

/** Skips itself where there is no root, or no Alpine to run. */
export const rootTest = test.skipIf(process.getuid?.() !== 0 || !existsSync(tarball));

let directory: string | undefined;
let count = 0;

/** A directory of this test file's own, gone when its tests have run. */
export function scratch(name: string): string {
  directory ??= mkdtempSync(join(tmpdir(), 'gocker-runtime-'));
  const path = join(directory, `${count++}-${name}`);
  mkdirSync(path);
  return path;
}

afterAll(() => {
  if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
});

let unpacked: string | undefined;

/** An unpacked Alpine that no test writes to. */
export function alpine(): string {
  if (unpacked === undefined) {
    unpacked = scratch('alpine');
    execFileSync('tar', ['-xzf', tarball, '-C', unpacked]);
  }
  return unpacked;
}

/** Alpine, with layers on top (topmost first), to be written to. */
export function overlay(layers: readonly string[] = []): Extract<Rootfs, { kind: 'overlay' }> {
  return {
    kind: 'overlay',
    lowerdirs: [...layers, alpine()],
    writable: { upperdir: scratch('upper'), workdir: scratch('work') },
  };
}

export interface SpecChanges {
  readonly process?: Partial<Process>;
  readonly mounts?: readonly Mount[];
  readonly network?: NetworkMode;
  readonly linux?: Partial<Spec['linux']>;
  readonly root?: Partial<Spec['root']>;
}

export function specOf(args: readonly string[], changes: SpecChanges = {}): Spec {
  const network = changes.network ?? 'private';
  return {
    ociVersion: '1.2.1',
    process: {
      cwd: '/',
      args,
      env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
      user: { uid: 0, gid: 0 },
      capabilities: {
        bounding: defaultCapabilities,
        permitted: defaultCapabilities,
        effective: defaultCapabilities,
        inheritable: [],
        ambient: [],
      },
      ...changes.process,
    },
    root: { path: 'rootfs', ...changes.root },
    hostname: 'box',
    mounts: [...defaultMounts(), ...(changes.mounts ?? [])],
    linux: {
      namespaces: defaultNamespaces(network),
      cgroupsPath: `gocker/test-${process.pid}-${count++}`,
      maskedPaths: defaultMaskedPaths,
      readonlyPaths: defaultReadonlyPaths,
      sysctl: defaultSysctls(network),
      ...changes.linux,
    },
  };
}

/** Runs a command to its end. */
export async function run(
  args: readonly string[],
  changes: SpecChanges & { readonly rootfs?: Rootfs } & Partial<LaunchOptions> = {},
) {
  const container = await launch({
    spec: changes.spec ?? specOf(args, changes),
    rootfs: changes.rootfs ?? overlay(),
    stdin: changes.stdin ?? 'null',
    ...(changes.init === undefined ? {} : { init: changes.init }),
    ...(changes.timing === undefined ? {} : { timing: changes.timing }),
    ...(changes.prepare === undefined ? {} : { prepare: changes.prepare }),
    ...(changes.joins === undefined ? {} : { joins: changes.joins }),
  });
  const [stdout, stderr, exit] = await Promise.all([
    textOf(container.stdout),
    textOf(container.stderr),
    container.exited(),
  ]);
  return { stdout, stderr, exit, container };
}

/** The output of a shell script in the container, which must succeed. */
export async function sh(script: string, changes: Parameters<typeof run>[1] = {}): Promise<string> {
  const { stdout, stderr, exit } = await run(['sh', '-ec', script], changes);
  if (exit.exitCode !== 0) throw new Error(`exit ${exit.exitCode}: ${stderr}`);
  return stdout.trimEnd();
}

export async function textOf(stream: AsyncIterable<Buffer | string>): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += chunk;
  return text;
}

/** What a start could leave on the host. */
export function leftovers() {
  const { unified, v1 } = cgroupHierarchies();
  const parents = new Set([unified ?? '/nowhere', ...v1.values()].map((mountpoint) => join(mountpoint, 'gocker')));
  return {
    mounts: readFileSync('/proc/self/mountinfo', 'utf8'),
    cgroups: [...parents]
      .flatMap((parent) => (existsSync(parent) ? readdirSync(parent) : []))
      .filter((name) => name.startsWith(`test-${process.pid}-`)),
    children: readFileSync(`/proc/self/task/${process.pid}/children`, 'latin1').trim(),
    descriptors: readdirSync('/proc/self/fd').length,
  };
}
