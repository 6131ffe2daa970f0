/**
 * The images that are pulled, made once and kept in a cache directory as OCI layouts: Alpine, a Debian in one layer, and a big
 * one in seven. They are real trees: those of Debian's packages as mmdebstrap installs them.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeLayout } from './image-layout.mjs';
import { missing } from './programs.mjs';
import { splitTar } from './split-tar.mjs';
import { say } from './table.mjs';

/**
 * @typedef {object} BenchImage
 * @property {string} name
 * @property {string} layout path of an OCI layout with one image, tagged `1`
 * @property {string[]} layers digests, bottom first
 * @property {number} bytes of the compressed layers
 * @property {number} tarBytes
 * @property {number} entries
 */

const cache = process.env.GOCKER_BENCH_CACHE ?? join(tmpdir(), 'gocker-bench-cache');

/** Compilers, interpreters with their modules, headers: large files and very many small ones. */
const bigPackages = ['build-essential', 'git', 'python3-dev', 'npm', 'vim'];
const bigLayers = 7;

/** @type {Record<string, (folder: string) => Promise<string[]>>} name → makes the layers' tars in the folder, gives their paths */
const makers = {
  alpine: async () => [alpineTarball()],
  debian: async (folder) => [bootstrap(folder, ['--variant=apt'])],
  big: async (folder) => {
    const linuxHeaders = `linux-headers-${execFileSync('dpkg', ['--print-architecture'], { encoding: 'utf8' }).trim()}`;
    const include = [...bigPackages, linuxHeaders].join(',');
    return await splitTar(bootstrap(folder, ['--variant=minbase', `--include=${include}`]), bigLayers, folder);
  },
};

/** @param {string} name @returns {string | undefined} why it can't be made */
export function missingForImage(name) {
  if (existsSync(join(cache, name, 'image.json'))) return undefined;
  if (name !== 'alpine') return missing('mmdebstrap', 'tar', 'gzip');
  return alpineTarball() === '' ? 'needs an Alpine minirootfs: set GOCKER_ALPINE_TARBALL' : undefined;
}

/** @param {string} name @returns {Promise<BenchImage>} */
export async function ensureImage(name) {
  const folder = join(cache, name);
  const record = join(folder, 'image.json');
  if (!existsSync(record)) {
    say(`making the image "${name}" in ${cache}, once …`);
    const draft = `${folder}.${process.pid}`;
    mkdirSync(draft, { recursive: true });
    try {
      const facts = await makeImage(name, draft);
      writeFileSync(join(draft, 'image.json'), JSON.stringify(facts));
      renameSync(draft, folder);
    } finally {
      rmSync(draft, { recursive: true, force: true });
    }
  }
  return { name, layout: join(folder, 'oci'), ...JSON.parse(readFileSync(record, 'utf8')) };
}

/** @param {string} name @param {string} folder */
async function makeImage(name, folder) {
  const maker = makers[name];
  if (maker === undefined) throw new Error(`no image "${name}"`);
  const layers = (await maker(folder)).map((path) => describeLayer(path, folder));
  writeLayout(join(folder, 'oci'), layers);
  for (const name of readdirSync(folder).filter((file) => /\.(?:tar|gz)$/.test(file))) rmSync(join(folder, name));
  return {
    layers: layers.map(({ digest }) => digest),
    bytes: layers.reduce((sum, { size }) => sum + size, 0),
    tarBytes: layers.reduce((sum, { tarBytes }) => sum + tarBytes, 0),
    entries: layers.reduce((sum, { entries }) => sum + entries, 0),
  };
}

/** Shells do the streaming: a tar of a gigabyte is nothing to hold in memory. @param {string} path @param {string} folder */
function describeLayer(path, folder) {
  const shell = (/** @type {string} */ script) =>
    execFileSync('sh', ['-c', script, 'sh', path], { encoding: 'utf8', maxBuffer: 1 << 26 }).trim();
  const read = path.endsWith('.gz') ? 'gzip -dc "$1"' : 'cat "$1"';
  const blob = path.endsWith('.gz') ? path : join(folder, `${createHash('sha256').update(path).digest('hex')}.gz`);
  // gzip's default level is that of docker push as well.
  if (blob !== path) execFileSync('sh', ['-c', 'gzip -n -c "$1" >"$2"', 'sh', path, blob]);
  const [sum] = execFileSync('sha256sum', [blob], { encoding: 'utf8' }).split(' ');
  return {
    blob,
    digest: `sha256:${sum}`,
    size: statSync(blob).size,
    diffID: `sha256:${shell(`${read} | sha256sum`).split(' ')[0]}`,
    tarBytes: Number(shell(`${read} | wc -c`)),
    entries: Number(shell(`${read} | tar -t | wc -l`)),
  };
}

/** @param {string} folder @param {string[]} options @returns {string} path of the tar */
function bootstrap(folder, options) {
  const suite = /^VERSION_CODENAME=(.*)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'stable';
  const path = join(folder, 'debian.tar');
  execFileSync('mmdebstrap', ['--quiet', ...options, suite, path], { stdio: ['ignore', 'inherit', 'inherit'] });
  return path;
}

/** @returns {string} the newest for this machine in fixtures/ or beside the repository, or what the variable names; else '' */
function alpineTarball() {
  if (process.env.GOCKER_ALPINE_TARBALL) return process.env.GOCKER_ALPINE_TARBALL;
  const arch = { x64: 'x86_64', arm64: 'aarch64' }[String(process.arch)];
  const repository = join(import.meta.dirname, '..');
  const folders = [join(repository, 'fixtures'), join(repository, '..', 'shared')].filter((path) => existsSync(path));
  const paths = folders.flatMap((path) => readdirSync(path).map((name) => join(path, name)));
  return (
    paths
      .filter((path) => path.endsWith(`-${arch}.tar.gz`) && path.includes('alpine-minirootfs-'))
      .sort()
      .at(-1) ?? ''
  );
}
