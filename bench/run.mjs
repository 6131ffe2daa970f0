/** `npm run bench [-- ROW…] [--rounds N]`: how fast and how small, against what is installed beside us. See README.md. */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { ensureImage, missingForImage } from './images.mjs';
import { missing, missingBuild } from './programs.mjs';
import { registryPrograms, startRegistry } from './registry.mjs';
import { confinement } from './rows/confinement.mjs';
import { many } from './rows/many.mjs';
import { memory } from './rows/memory.mjs';
import { monitor } from './rows/monitor.mjs';
import { network } from './rows/network.mjs';
import { pull } from './rows/pull.mjs';
import { seccomp } from './rows/seccomp.mjs';
import { start } from './rows/start.mjs';
import { images, rmi } from './rows/store.mjs';
import { cgroupCleaner, Scratch } from './scratch.mjs';
import { say, saySkipped } from './table.mjs';

/**
 * @typedef {object} Run
 * @property {Scratch} scratch of the row: what is opened on it is closed after it
 * @property {string} host of the registry
 * @property {import('./images.mjs').BenchImage[]} images the row's own
 * @property {number | undefined} rounds as the user wishes
 */

/** @typedef {{ images: string[], run: (run: Run) => Promise<void> }} Row */

/** @type {Record<string, Row>} */
const rows = {
  start,
  confinement,
  images,
  alpine: pull('alpine', 9),
  debian: pull('debian', 5),
  big: pull('big', 3),
  memory: memory('big'),
  monitor,
  rmi,
  many,
  network,
  seccomp,
};

/** @type {Set<Scratch>} */
const open = new Set();

for (const [signal, number] of /** @type {const} */ ([
  ['SIGINT', 2],
  ['SIGTERM', 15],
  ['SIGHUP', 1],
])) {
  process.once(signal, () => endAll().finally(() => process.exit(128 + number)));
}

await main();

async function main() {
  const { positionals, values } = parseArgs({ allowPositionals: true, options: { rounds: { type: 'string' } } });
  const unknown = positionals.find((name) => !(name in rows));
  if (unknown !== undefined) throw new Error(`no row "${unknown}" (there are: ${Object.keys(rows).join(' ')})`);
  const rounds = values.rounds === undefined ? undefined : Number(values.rounds);
  const lack = whyNot();
  if (lack !== undefined) return saySkipped('everything', lack);
  sayConditions();
  try {
    await runRows(positionals.length > 0 ? positionals : Object.keys(rows), rounds);
  } finally {
    await endAll();
  }
}

function whyNot() {
  if (process.getuid?.() !== 0) return 'needs root, for namespaces and mounts';
  return missingBuild() ?? missing('unshare', 'mkfs.ext4', 'mount', ...registryPrograms);
}

function sayConditions() {
  const model = cpus()[0]?.model ?? 'unknown processor';
  say(`Node ${process.version}, ${cpus().length} × ${model}`);
  say('NODE_EXTRA_CA_CERTS and NODE_OPTIONS are unset for all. Contenders take turns; each figure is a whole process.');
}

/** @param {string[]} names @param {number | undefined} rounds */
async function runRows(names, rounds) {
  const wanted = [...new Set(names.flatMap((name) => rows[name]?.images ?? []))];
  const made = [];
  for (const name of wanted) {
    const lack = missingForImage(name);
    if (lack === undefined) made.push(await ensureImage(name));
    else saySkipped(`the image "${name}"`, lack);
  }
  const scratch = newScratch();
  scratch.onEnd(cgroupCleaner('libpod_parent'));
  const host = await startRegistry(scratch, made);
  for (const name of names) {
    const row = rows[name];
    const images = made.filter((image) => row?.images.includes(image.name));
    if (row === undefined || images.length < row.images.length) {
      saySkipped(name, 'its image could not be made');
      continue;
    }
    await inScratch((own) => row.run({ scratch: own, host, images, rounds })).catch((error) => {
      say(`FAILED ${name}: ${error.message}`);
      process.exitCode = 1;
    });
  }
}

/** @param {(scratch: Scratch) => Promise<void>} work */
async function inScratch(work) {
  const scratch = newScratch();
  try {
    await work(scratch);
  } finally {
    open.delete(scratch);
    await scratch.end();
  }
}

function newScratch() {
  const scratch = new Scratch();
  open.add(scratch);
  return scratch;
}

async function endAll() {
  for (const scratch of [...open].reverse()) {
    open.delete(scratch);
    await scratch.end();
  }
}
