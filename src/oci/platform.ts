/**
 * Platforms, image-spec v1.1.1 image-index.md#image-index-property-descriptions: `os/architecture[/variant]` in Go's names
 * (GOOS, GOARCH), and the other names that people use for them.
 */
import { readFileSync } from 'node:fs';
import { endianness } from 'node:os';
import { GockerError } from '../errors/index.ts';

export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
  readonly 'os.version'?: string;
  readonly 'os.features'?: readonly string[];
}

/** Other names of an architecture → architecture and, where the name says so, variant. */
const architectureNames: Readonly<Record<string, readonly [architecture: string, variant?: string]>> = {
  x86_64: ['amd64'],
  'x86-64': ['amd64'],
  x64: ['amd64'],
  aarch64: ['arm64'],
  armhf: ['arm', 'v7'],
  armel: ['arm', 'v6'],
  armv7l: ['arm', 'v7'],
  armv6l: ['arm', 'v6'],
  i386: ['386'],
  i486: ['386'],
  i586: ['386'],
  i686: ['386'],
  ia32: ['386'],
  ppc64el: ['ppc64le'],
  mipsel: ['mipsle'],
  loongarch64: ['loong64'],
};

/** The variant that an architecture has when none is named: left out of the normal form, but for arm. */
const impliedVariant: Readonly<Record<string, string>> = { amd64: 'v1', arm64: 'v8' };

/**
 * `linux/arm64/v8`, or an architecture alone, for Linux.
 *
 * @throws GockerError `PLATFORM_INVALID`
 */
export function parsePlatform(text: string): Platform {
  const parts = text.trim().split('/');
  const [os, architecture, variant] = parts.length === 1 ? ['linux', parts[0]] : parts;
  const wellFormed = parts.length <= 3 && parts.every((part) => /^[A-Za-z0-9_.-]+$/.test(part));
  const osAlone = parts.length === 1 && /^(?:linux|darwin|windows|freebsd)$/i.test(text.trim());
  if (!wellFormed || osAlone || os === undefined || architecture === undefined) {
    throw new GockerError(
      'PLATFORM_INVALID',
      `cannot parse platform ${JSON.stringify(text)}: malformed (expected "os/architecture[/variant]")`,
      { hint: 'Write it like linux/amd64, linux/arm64 or linux/arm/v7.' },
    );
  }
  return normalizePlatform({ os, architecture, ...(variant === undefined ? {} : { variant }) });
}

/** Lower case, Go's names, implied variants left out (`arm64/v8` is `arm64`, `arm` is `arm/v7`). Idempotent. */
export function normalizePlatform(platform: Platform): Platform {
  const { variant: given, ...rest } = platform;
  const name = platform.architecture.toLowerCase();
  const [architecture, named] = Object.hasOwn(architectureNames, name) ? (architectureNames[name] ?? [name]) : [name];
  const stated = named ?? given?.toLowerCase().replace(/^(?=\d)/, 'v') ?? '';
  const variant = stated === impliedVariant[architecture] ? '' : architecture === 'arm' ? stated || 'v7' : stated;
  const os = platform.os.toLowerCase().replace(/^macos$/, 'darwin');
  return { ...rest, os, architecture, ...(variant === '' ? {} : { variant }) };
}

/** `linux/arm/v7` */
export function formatPlatform({ os, architecture, variant }: Platform): string {
  return [os, architecture, ...(variant ? [variant] : [])].join('/');
}

/**
 * The platform that this machine runs.
 *
 * @param cpuinfo the text of /proc/cpuinfo; read only on 32-bit arm, where it tells the variant
 */
export function hostPlatform(arch: string = process.arch, cpuinfo: () => string = readCpuinfo): Platform {
  if (arch === 'arm') return normalizePlatform({ os: 'linux', architecture: 'arm', variant: armVariant(cpuinfo()) });
  const little = arch === 'ppc64' && endianness() === 'LE';
  return normalizePlatform({ os: 'linux', architecture: little ? 'ppc64le' : arch });
}

function armVariant(cpuinfo: string): string {
  // The Raspberry Pi's ARMv6 reports "CPU architecture: 7"; its model name tells the truth.
  if (/^model name\s*:\s*ARMv6-compatible/im.test(cpuinfo)) return 'v6';
  const version = /^CPU architecture\s*:\s*(\d+)/im.exec(cpuinfo)?.[1];
  return version === undefined ? 'v7' : `v${version}`;
}

function readCpuinfo(): string {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return '';
  }
}
