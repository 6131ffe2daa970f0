/** Pull and unpack from a registry on loopback into an empty store, on a fresh filesystem each time. */
import { engineKinds, openStage } from '../engines.mjs';
import { measure } from '../measure.mjs';
import { missing } from '../programs.mjs';
import { printTable, saySkipped, seconds } from '../table.mjs';

/** @param {string} name the image's @param {number} usual rounds @returns {import('../run.mjs').Row} */
export function pull(name, usual) {
  return {
    images: [name],
    async run({ scratch, host, images, rounds = usual }) {
      const [image] = images;
      if (image === undefined) return;
      const contenders = await pullContenders(scratch, { host, image });
      const size = `${(image.bytes / 1e6).toFixed(0)} MB gzip, ${(image.tarBytes / 1e6).toFixed(0)} MB tar`;
      printTable(
        `pull ${name}: ${image.layers.length} layer(s), ${size}, ${image.entries} entries`,
        await measure(contenders, { rounds, warmUps: 1 }),
        { format: seconds, base: 'gocker pull' },
      );
    },
  };
}

/**
 * @typedef {object} Pulled
 * @property {string} host
 * @property {import('../images.mjs').BenchImage} image
 * @property {string[]} [through] a program that measures the one after it
 * @property {(outcome: import('../stage.mjs').Outcome) => number} [figure] seconds unless given
 */

/**
 * @param {import('../scratch.mjs').Scratch} scratch
 * @param {Pulled} what
 * @returns {Promise<import('../measure.mjs').Contender[]>}
 */
export async function pullContenders(scratch, { host, image, through = [], figure = (outcome) => outcome.seconds }) {
  const reference = `${host}/bench/${image.name}:1`;
  const contender = (
    /** @type {string} */ name,
    /** @type {Pick<import('../engines.mjs').Engine, 'stage' | 'disk'>} */ { stage, disk },
    /** @type {string[]} */ argv,
    /** @type {Record<string, string>} */ env = {},
  ) => ({
    name,
    prepare: () => disk.mount(),
    sample: async () => figure(await stage.run([...through, ...argv], { TMPDIR: disk.path, ...env })),
    settle: () => disk.unmount(),
  });
  const contenders = [];
  for (const kind of engineKinds) {
    const lack = kind.missing();
    if (lack !== undefined) {
      saySkipped(`pull: ${kind.name}`, lack);
      continue;
    }
    const engine = await kind.open(scratch);
    contenders.push(contender(`${kind.name} pull`, engine, engine.pull(reference), engine.env));
  }
  for (const { name, programs, script } of pipelines) {
    const lack = missing(...programs);
    if (lack !== undefined) {
      saySkipped(`pull: ${name}`, lack);
      continue;
    }
    const on = openStage(scratch, programs[0] ?? '');
    const digests = image.layers.join(' ');
    contenders.push(contender(name, on, ['sh', '-ec', script, 'sh', host, image.name, on.disk.path, digests]));
  }
  return contenders;
}

/** Shell scripts of registry, image, directory and the layers' digests. */
const pipelines = [
  {
    name: 'skopeo copy + umoci unpack',
    programs: ['skopeo', 'umoci'],
    script: `skopeo --insecure-policy copy --quiet --src-tls-verify=false "docker://$1/bench/$2:1" "oci:$3/image:1"
      umoci unpack --image "$3/image:1" "$3/bundle"`,
  },
  {
    name: 'curl | gzip -dc | tar x',
    programs: ['curl', 'gzip', 'tar'],
    script: `mkdir "$3/rootfs"
      for digest in $4; do
        curl -sS "http://$1/v2/bench/$2/blobs/$digest" | gzip -dc | tar -xp --numeric-owner -C "$3/rootfs"
      done`,
  },
];
