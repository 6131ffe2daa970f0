/**
 * Where the dynamic loader looks for a library that no run path leads to: ld.so(8) and ldconfig(8) of glibc, and musl's
 * `ldso/dynlink.c`. The cache that ldconfig makes is not read: it lists what these directories hold.
 *
 *   ld.so.conf ::= (line "\n")*
 *   line       ::= [directory ["=" type] | "include" pattern+ | "hwcap" …] ["#" comment]
 */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { resolvePath } from './rooted-path.ts';

export interface LoaderDirectories {
  /** From the machine's configuration; they are searched first. */
  readonly configured: readonly string[];
  /** Known to the loader itself, whatever machine it is on. */
  readonly builtIn: readonly string[];
}

/** @param interpreter the loader's path as programs name it (PT_INTERP) */
export function loaderDirectories(root: string, interpreter: string): LoaderDirectories {
  const musl = /^ld-musl-(.+)\.so\.1$/.exec(basename(interpreter))?.[1];
  return musl === undefined ? glibcDirectories(root, interpreter) : muslDirectories(root, musl);
}

function glibcDirectories(root: string, interpreter: string): LoaderDirectories {
  const loader = dirname(resolvePath(root, interpreter)?.path ?? interpreter);
  // Debian's multiarch: the loader lies in /usr/lib/x86_64-linux-gnu, and looks there and in /lib/x86_64-linux-gnu.
  const architecture = /^(?:\/usr)?\/lib\/([^/]+)$/.exec(loader)?.[1];
  const own = architecture === undefined ? [loader] : [`/lib/${architecture}`, `/usr/lib/${architecture}`];
  return {
    configured: readConfiguration(root, '/etc/ld.so.conf'),
    builtIn: [...new Set([...own, '/lib64', '/usr/lib64', '/lib', '/usr/lib'])],
  };
}

function muslDirectories(root: string, architecture: string): LoaderDirectories {
  const text = readText(root, `/etc/ld-musl-${architecture}.path`);
  const builtIn = ['/lib', '/usr/local/lib', '/usr/lib'];
  // musl takes the file's directories in place of its own.
  return text === undefined
    ? { configured: [], builtIn }
    : { configured: text.split(/[\n:]/).filter(isAbsolute), builtIn };
}

/** Files that include each other end here, and so does a configuration that has gone wild. */
const MOST_FILES = 256;

function readConfiguration(root: string, path: string): string[] {
  const directories: string[] = [];
  const seen = new Set<string>();
  const visit = (file: string) => {
    if (seen.has(file) || seen.size >= MOST_FILES) return;
    seen.add(file);
    for (const line of (readText(root, file) ?? '').split('\n')) {
      const text = line.replace(/#.*/, '').trim();
      const [word, ...patterns] = text.split(/[ \t]+/);
      if (word === 'include') for (const pattern of patterns) expand(root, join(dirname(file), pattern)).forEach(visit);
      else if (word !== 'hwcap') directories.push(text.replace(/=[^/]*$/, ''));
    }
  };
  visit(path);
  return [...new Set(directories.filter(isAbsolute))];
}

/** Of glob(7) just `*` and `?`, in the last component: no more is known to be written. Sorted, as glob(3) does. */
function expand(root: string, pattern: string): string[] {
  const [directory, last] = [dirname(pattern), basename(pattern)];
  const source = last
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  const matches = new RegExp(`^(?!\\.)${source}$`);
  const found = resolvePath(root, directory);
  if (found === undefined || !found.stat.isDirectory()) return [];
  const names = readdirSync(found.hostPath).filter((name) => matches.test(name));
  return names.sort().map((name) => join(directory, name));
}

const LONGEST_FILE = 1 << 20;

function readText(root: string, path: string): string | undefined {
  const found = resolvePath(root, path);
  if (found === undefined || !found.stat.isFile() || found.stat.size > LONGEST_FILE) return undefined;
  return readFileSync(found.hostPath, 'utf8');
}

function isAbsolute(path: string): boolean {
  return path.startsWith('/');
}
