/**
 * A local Alpine minirootfs in place of `docker.io/library/alpine`: the file that `GOCKER_ALPINE_TARBALL` names, else the
 * newest that fits among `fixtures/alpine-minirootfs-<version>-<arch>.tar.gz` of the installed package.
 */
import { readdirSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { GockerError } from '../../errors/index.ts';
import type { Platform, Reference } from '../../oci/index.ts';
import { findPackageRoot } from './package-root.ts';

export interface AlpineTarball {
  readonly path: string;
  /** `3.20.3`; undefined where the file's name does not say. */
  readonly version: string | undefined;
}

export interface AlpineRequest {
  readonly reference: Reference;
  readonly platform: Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `fixtures/` of the installed package where left out. */
  readonly directory?: string;
}

/** Alpine's own names of architectures: https://wiki.alpinelinux.org/wiki/Architecture */
const alpineArchitectures: Readonly<Record<string, string>> = {
  amd64: 'x86_64',
  '386': 'x86',
  arm64: 'aarch64',
  'arm/v6': 'armhf',
  'arm/v7': 'armv7',
  ppc64le: 'ppc64le',
  s390x: 's390x',
  riscv64: 'riscv64',
  loong64: 'loongarch64',
};

/**
 * `latest` is served by the newest; `3`, `3.20` and `3.20.3` by a file of that version; any other tag, a digest or another
 * image by none.
 *
 * @throws GockerError `ALPINE_TARBALL_INVALID` where `GOCKER_ALPINE_TARBALL` names no file
 */
export function findAlpineTarball(request: AlpineRequest): AlpineTarball | undefined {
  const { reference, platform, env } = request;
  if (!isAlpine(reference) || reference.digest !== undefined) return undefined;
  const tag = reference.tag ?? 'latest';
  const named = env.GOCKER_ALPINE_TARBALL;
  const candidates = named ? [checkFile(named)] : tarballsIn(request.directory ?? fixturesDirectory());
  const fitting = candidates.filter(({ version, arch }) => fitsTag(version, tag) && fitsPlatform(arch, platform));
  const newest = fitting.sort((a, b) => compareVersions(b.version, a.version))[0];
  return newest === undefined ? undefined : { path: newest.path, version: newest.version };
}

export function isAlpine({ registry, repository }: Reference): boolean {
  return registry === 'docker.io' && repository === 'library/alpine';
}

interface Candidate extends AlpineTarball {
  readonly arch: string | undefined;
}

function checkFile(named: string): Candidate {
  const path = resolve(named);
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) {
    throw new GockerError('ALPINE_TARBALL_INVALID', `cannot use Alpine tarball "${path}": it is not a file`, {
      hint: 'Set GOCKER_ALPINE_TARBALL to an alpine-minirootfs-*.tar.gz, or unset it.',
    });
  }
  return { path, ...readName(path) };
}

function tarballsIn(directory: string | undefined): Candidate[] {
  if (directory === undefined) return [];
  try {
    const paths = readdirSync(directory).map((name) => join(directory, name));
    return paths.map((path) => ({ path, ...readName(path) })).filter(({ version }) => version !== undefined);
  } catch {
    return [];
  }
}

function fixturesDirectory(): string | undefined {
  const root = findPackageRoot();
  return root === undefined ? undefined : join(root, 'fixtures');
}

/** `alpine-minirootfs-3.20.3-x86_64.tar.gz` */
function readName(path: string): { version: string | undefined; arch: string | undefined } {
  const [, version, arch] = /^alpine-minirootfs-(\d+(?:\.\d+)*)-(\w+)\.tar\.gz$/.exec(basename(path)) ?? [];
  return { version, arch };
}

function fitsTag(version: string | undefined, tag: string): boolean {
  return tag === 'latest' || (version !== undefined && `${version}.`.startsWith(`${tag}.`));
}

/** A file of no telling name is taken at its giver's word. */
function fitsPlatform(arch: string | undefined, { os, architecture, variant }: Platform): boolean {
  const name = alpineArchitectures[variant === undefined ? architecture : `${architecture}/${variant}`];
  return os === 'linux' && (arch === undefined || arch === name);
}

function compareVersions(a = '', b = ''): number {
  const [left, right] = [a.split('.').map(Number), b.split('.').map(Number)];
  const differing = left.findIndex((part, index) => part !== right[index]);
  return differing < 0 ? left.length - right.length : (left[differing] ?? 0) - (right[differing] ?? 0);
}
