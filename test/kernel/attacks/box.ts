/**
 * Where attacks happen: an engine with a store of its own, used as any program uses it, so that what is attacked is what users
 * get; hostile images; programs that make any system call; and canaries.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer as bytesOf, text } from 'node:stream/consumers';
import { afterAll, expect, test } from 'vitest';
import { type ContainerExit, type Engine, openEngine, type RunOptions } from '../../../src/index.ts';
import type { ExecutionConfig } from '../../../src/oci/index.ts';
import { alpineImage } from '../../e2e/alpine-image.ts';
import { alpine, Host, isRoot } from '../../e2e/host.ts';
import { type AttackCall, type Attempt, attackProgram, readAttempts } from '../../support/attack/index.ts';
import type { TarEntry } from '../../support/images/index.ts';
import { startRegistry, type TestRegistry } from '../../support/registry/index.ts';

/** Skips itself where there is no root, or no Alpine to run. */
export const attackTest = test.skipIf(!isRoot || alpine === undefined);

interface Place {
  readonly registry: TestRegistry;
  readonly host: Host;
  readonly engine: Engine;
}

let place: Promise<Place> | undefined;
let count = 0;

async function makePlace(): Promise<Place> {
  const registry = await startRegistry();
  registry.addImage('library/alpine', 'latest', await alpineImage(alpine ?? ''));
  const host = new Host(registry.host);
  return { registry, host, engine: openEngine({ root: host.root, env: host.env }) };
}

/** One for each test file. */
export function attacked(): Promise<Place> {
  place ??= makePlace();
  return place;
}

afterAll(async () => {
  if (place === undefined) return;
  const { registry, host } = await place;
  await registry.close();
  const left = host.leftovers();
  host.close();
  expect(left).toEqual([]);
});

export type Options = Omit<Partial<RunOptions>, 'command'>;

/** What capabilities and mounts refuse they refuse by themselves: with the filter that stands before them, and without. */
export const withAndWithoutFilter: readonly Options[] = [{}, { securityOpt: ['seccomp=unconfined'] }];

/** An image of Alpine and a layer on top: its reference. */
export async function image(entries: readonly TarEntry[], config: ExecutionConfig = {}): Promise<string> {
  const { registry } = await attacked();
  const name = `hostile-${count++}`;
  registry.addImage(`library/${name}`, 'latest', await alpineImage(alpine ?? '', [entries], config));
  return name;
}

/** An image in which something of Alpine's is a symbolic link. */
export async function imageWithLink(name: string, linkname: string): Promise<string> {
  return image([{ name, type: 'symlink', linkname }]);
}

/** Starts a container that is forgotten once it has ended. */
export async function start(command: readonly string[], options: Options = {}) {
  const { engine } = await attacked();
  return engine.run({ image: 'alpine', autoRemove: true, ...options, command });
}

export interface Finished {
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: ContainerExit;
}

/** Runs a command to its end. */
export async function run(command: readonly string[], options: Options = {}): Promise<Finished> {
  const container = await start(command, options);
  const [stdout, stderr, exit] = await Promise.all([text(container.stdout), text(container.stderr), container.wait()]);
  return { stdout, stderr, exit };
}

/** Begins every script: one that does harm does none where it finds itself on the host. */
export const inside = '[ -e /lib/apk/db/installed ] || exit 99';

/** What a script of the shell in a container prints on both streams, however it ends. */
export async function sh(script: string, options: Options = {}): Promise<string> {
  const { stdout, stderr } = await run(['sh', '-c', `${inside}\n${script}`], options);
  return `${stdout}${stderr}`.trimEnd();
}

/** What came of each of these calls, made one after the other by a program in a container. */
export async function attempt(attacks: readonly AttackCall[], options: Options = {}): Promise<Attempt[]> {
  const directory = await scratch('program');
  chmodSync(directory, 0o755);
  writeFileSync(join(directory, 'attack'), attackProgram(attacks), { mode: 0o755 });
  const volumes = [...(options.volumes ?? []), `${directory}:/attack:ro`];
  const container = await start(['/attack/attack'], { ...options, volumes });
  const [output] = await Promise.all([bytesOf(container.stdout), text(container.stderr), container.wait()]);
  return readAttempts(attacks, output);
}

/** The same calls by the same program, as root of the host: what an attacker would see who is not in a container. */
export async function attemptOnHost(attacks: readonly AttackCall[]): Promise<Attempt[]> {
  const path = join(await scratch('program'), 'attack');
  writeFileSync(path, attackProgram(attacks), { mode: 0o755 });
  return readAttempts(attacks, execFileSync(path));
}

/** What attempt() gives, as words: `mount EPERM`, `getpid ok`. */
export async function outcomes(attacks: readonly AttackCall[], options: Options = {}): Promise<string[]> {
  const attempts = await attempt(attacks, options);
  return attempts.map(({ call, error }) => `${call} ${error ?? 'ok'}`);
}

/** The code of the error with which a container did not start. */
export async function refusal(options: Options): Promise<string> {
  try {
    const { stdout } = await run(['true'], options);
    return `it ran: ${stdout}`;
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : `${error}`;
  }
}

/** A directory of this test file's own. */
export async function scratch(name: string): Promise<string> {
  const { host } = await attacked();
  mkdirSync(join(host.folder, 'scratch'), { recursive: true });
  return mkdtempSync(join(host.folder, 'scratch', `${name}-`));
}

/** Mounts of the host on or of anything in the place of this test file: others mount as they please meanwhile. */
export async function hostMounts(): Promise<string[]> {
  const { host } = await attacked();
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((line) => line.includes(host.folder));
}

export interface Canary {
  readonly directory: string;
  readonly file: string;
  /** Throws unless all of it is as it was. */
  sings(): void;
}

/** A directory of the host, with a file in it that no container may touch. */
export async function canary(): Promise<Canary> {
  const directory = await scratch('canary');
  const file = join(directory, 'canary');
  writeFileSync(file, 'alive');
  const sings = () => {
    expect(readdirSync(directory)).toEqual(['canary']);
    expect(readFileSync(file, 'utf8')).toBe('alive');
  };
  return { directory, file, sings };
}
