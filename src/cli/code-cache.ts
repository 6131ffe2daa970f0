/**
 * Loads the program's own chunks with V8's code cache, since most of a short command's time is compiling: the first run of a
 * command leaves the compiled functions in `code-cache/` beside the chunks, later ones take them from there. A command has a
 * file of its own, since reading what all the others compiled costs milliseconds. V8 itself refuses a cache of another
 * version, of other flags or of another source; then, and where the folder cannot be written, all is compiled as ever.
 * What may write there may write the program too, so no trust is added.
 */
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { Script } from 'node:vm';

type Exports = Record<string, unknown>;

interface Chunk {
  readonly key: string;
  readonly script: Script;
  readonly exports: Exports;
}

type Wrapper = (
  exports: Exports,
  require: (id: string) => unknown,
  module: object,
  path: string,
  folder: string,
) => void;

/** Cached data by the chunk's key; V8's own format, opaque to us. */
type Cache = Map<string, Buffer>;

export class ChunkLoader {
  readonly #folder: string;
  readonly #path: string;
  readonly #require: NodeJS.Require;
  readonly #chunks = new Map<string, Chunk>();
  readonly #cache: Cache;
  #stale = false;

  /**
   * @param folder the absolute path of the chunks' folder, `dist`
   * @param word the first of the command line: a command, or anything at all
   */
  constructor(folder: string, word = '') {
    const use = /^[a-z]{2,12}$/.test(word) ? word : 'other';
    this.#folder = folder;
    this.#path = join(folder, 'code-cache', `${process.version}-${process.arch}-${use}`);
    this.#require = createRequire(join(folder, 'index.cjs'));
    this.#cache = readCache(this.#path);
    process.once('exit', (code) => this.#save(code));
  }

  /** @param path of a chunk; absolute */
  load(path: string): Exports {
    const known = this.#chunks.get(path);
    if (known !== undefined) return known.exports;
    // Built as one function, of ASCII alone.
    const source = readFileSync(path, 'latin1');
    const key = keyOf(relative(this.#folder, path), path);
    const cachedData = this.#cache.get(key);
    const script = new Script(source, {
      filename: path,
      ...(cachedData === undefined ? {} : { cachedData }),
    });
    this.#stale ||= cachedData === undefined || script.cachedDataRejected === true;
    const module = { exports: {} as Exports };
    const chunk = {
      key,
      script,
      get exports() {
        return module.exports;
      },
    };
    // Before it runs: chunks may need one another in a circle.
    this.#chunks.set(path, chunk);
    const folder = dirname(path);
    const require = (id: string) => (id.startsWith('.') ? this.load(join(folder, id)) : this.#require(id));
    (script.runInThisContext() as Wrapper)(module.exports, require, module, path, folder);
    return module.exports;
  }

  /** With what was compiled meanwhile: a function's code is in the cache only once it has run. */
  #save(exitCode: number): void {
    // A word that is no command leaves no file.
    const unproven = this.#cache.size === 0 && exitCode !== 0;
    if (!this.#stale || unproven) return;
    for (const { key, script } of this.#chunks.values()) this.#cache.set(key, script.createCachedData());
    try {
      const temporary = `${this.#path}.${process.pid}`;
      mkdirSync(dirname(this.#path), { recursive: true });
      writeFileSync(temporary, formatCache(this.#cache));
      renameSync(temporary, this.#path);
    } catch {
      // Somebody else's folder, or a full disk: the next run compiles again.
    }
  }
}

/**
 * V8 compares no more of a source than its length. The names of chunks change with their content; that of the program does
 * not, so what changes with the file is part of its key. Not when it was modified: packages set that to one time for all versions.
 */
function keyOf(name: string, path: string): string {
  if (name.startsWith('chunks/')) return name;
  const { ino, ctimeMs } = statSync(path);
  return `${name} ${ino} ${ctimeMs}`;
}

/** A line of JSON, `[[name, bytes], …]`, and the data one after another. */
function formatCache(cache: Cache): Buffer {
  const entries = [...cache];
  const header = JSON.stringify(entries.map(([name, data]) => [name, data.length]));
  return Buffer.concat([Buffer.from(`${header}\n`), ...entries.map(([, data]) => data)]);
}

function readCache(path: string): Cache {
  try {
    const bytes = readFileSync(path);
    const header = bytes.indexOf('\n') + 1;
    const lengths = JSON.parse(bytes.toString('latin1', 0, header)) as [name: string, length: number][];
    const cache: Cache = new Map();
    let offset = header;
    for (const [name, length] of lengths) {
      cache.set(name, bytes.subarray(offset, offset + length));
      offset += length;
    }
    return cache;
  } catch {
    return new Map();
  }
}
