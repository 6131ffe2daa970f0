/**
 * Which files a program needs to start: its loader and its libraries, and theirs, found the way ld.so(8) finds them, from
 * the files alone. Nothing is executed: ldd(1) may run the program that it looks at.
 *
 * For each name in DT_NEEDED: DT_RPATH of the object and of those that led to it (unless it has a DT_RUNPATH), DT_RUNPATH of
 * the object, the directories of the configuration, the loader's own. LD_LIBRARY_PATH is this shell's, not the machine's,
 * and is left aside.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type Elf, type Machine, parseElf } from './elf.ts';
import { type LoaderDirectories, loaderDirectories } from './loader-directories.ts';
import { type ResolvedPath, resolvePath } from './rooted-path.ts';

/** What a program needs besides itself, or why it can't run. */
export type Needs =
  | {
      readonly kind: 'complete';
      readonly files: readonly ResolvedPath[];
      /** Directories that only this machine's configuration leads to: elsewhere the loader must be told of them. */
      readonly configured: readonly string[];
    }
  | { readonly kind: 'incomplete'; readonly reason: string };

interface LoadedObject {
  readonly elf: Elf;
  readonly path: string;
  /** DT_RPATH of the objects that led to this one, nearest first. */
  readonly inherited: readonly string[];
}

interface Found {
  readonly file: ResolvedPath;
  readonly elf: Elf;
  readonly directory: string;
}

/** Looks below one root, and remembers what it has read there. */
export class SharedLibraries {
  readonly #root: string;
  readonly #elves = new Map<string, Elf | undefined>();
  readonly #directories = new Map<string, LoaderDirectories>();

  constructor(root: string) {
    this.#root = root;
  }

  /**
   * @param optional libraries that the program opens by name while it runs; those that are not there don't matter
   * @throws GockerError `ELF_INVALID`
   */
  needsOf(program: ResolvedPath, optional: readonly string[] = []): Needs {
    const elf = this.#read(program);
    if (elf === undefined) return { kind: 'incomplete', reason: 'it is not an ELF file' };
    if (elf.interpreter === undefined) return { kind: 'complete', files: [], configured: [] };
    const loader = resolvePath(this.#root, elf.interpreter);
    if (!loader?.stat.isFile()) return { kind: 'incomplete', reason: `its loader "${elf.interpreter}" is not there` };
    return this.#load({ elf, path: program.path, inherited: [] }, { name: elf.interpreter, loader, optional });
  }

  #load(
    program: LoadedObject,
    from: { readonly name: string; readonly loader: ResolvedPath; readonly optional: readonly string[] },
  ): Needs {
    const directories = this.#directoriesOf(from.name);
    const loaded = new Map<string, Found | undefined>();
    const queue: LoadedObject[] = [program];
    const visit = (name: string, object: LoadedObject): boolean => {
      if (loaded.has(name) || isLoaderItself(name, from.name)) return true;
      const found = this.#find(name, object, directories);
      if (found === undefined) return false;
      loaded.set(name, found);
      queue.push({ elf: found.elf, path: join(found.directory, basename(name)), inherited: passedOn(object) });
      return true;
    };
    for (const name of from.optional) visit(name, { ...program, elf: { ...program.elf, rpath: [], runpath: [] } });
    for (const object of queue) {
      const missing = object.elf.needed.find((name) => !visit(name, object));
      if (missing !== undefined) return { kind: 'incomplete', reason: `library "${missing}" is not there` };
    }
    const found = [...loaded.values()].filter((value) => value !== undefined);
    const { configured, builtIn } = directories;
    return {
      kind: 'complete',
      files: [from.loader, ...found.map(({ file }) => file)],
      configured: configured.filter((path) =>
        found.some(({ directory }) => directory === path && !builtIn.includes(path)),
      ),
    };
  }

  #find(name: string, object: LoadedObject, { configured, builtIn }: LoaderDirectories): Found | undefined {
    if (name.includes('/')) return this.#open(dirname(name), name, object.elf.machine);
    const runpath = withOrigin(object.elf.runpath, object.path);
    // A DT_RUNPATH silences the DT_RPATHs, those of the objects above included.
    const paths = runpath.length > 0 ? runpath : passedOn(object);
    for (const directory of [...paths, ...configured, ...builtIn]) {
      if (!directory.startsWith('/')) continue;
      const found = this.#open(directory, join(directory, name), object.elf.machine);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** A library of another machine is passed over, as the loader does: 32-bit and 64-bit ones may share a directory. */
  #open(directory: string, path: string, machine: Machine): Found | undefined {
    const file = resolvePath(this.#root, path);
    const elf = file === undefined ? undefined : this.#read(file);
    return file !== undefined && elf !== undefined && sameMachine(elf.machine, machine)
      ? { file, elf, directory }
      : undefined;
  }

  #directoriesOf(interpreter: string): LoaderDirectories {
    const known = this.#directories.get(interpreter);
    if (known !== undefined) return known;
    const directories = loaderDirectories(this.#root, interpreter);
    this.#directories.set(interpreter, directories);
    return directories;
  }

  #read(file: ResolvedPath): Elf | undefined {
    if (!file.stat.isFile()) return undefined;
    if (this.#elves.has(file.path)) return this.#elves.get(file.path);
    const elf = readElf(file.hostPath);
    this.#elves.set(file.path, elf);
    return elf;
  }
}

/** @throws GockerError `ELF_INVALID` */
export function readElf(path: string): Elf | undefined {
  const fd = openSync(path, 'r');
  try {
    return parseElf(path, (offset, length) => {
      const bytes = new Uint8Array(length);
      return bytes.subarray(0, readSync(fd, bytes, 0, length, offset));
    });
  } finally {
    closeSync(fd);
  }
}

/** The DT_RPATHs that hold for what this object leads to; DT_RUNPATH holds for the object alone. */
function passedOn({ elf, path, inherited }: LoadedObject): readonly string[] {
  return elf.runpath.length > 0 ? inherited : [...withOrigin(elf.rpath, path), ...inherited];
}

function withOrigin(paths: readonly string[], object: string): string[] {
  return paths.map((path) => path.replace(/\$(?:ORIGIN\b|\{ORIGIN\})/g, () => dirname(object)));
}

/** musl's libc is its loader: the names of its parts need no file. glibc's loader may be named as a library too. */
function isLoaderItself(name: string, interpreter: string): boolean {
  const loader = basename(interpreter);
  if (name === loader) return true;
  return loader.startsWith('ld-musl-') && /^lib(?:c|pthread|rt|m|dl|util|xnet)\.(?:so|musl-)/.test(name);
}

function sameMachine(a: Machine, b: Machine): boolean {
  return a.bits === b.bits && a.endian === b.endian && a.number === b.number;
}
