/** One big tar as the layers of an image: its entries in order, cut where a layer has had its share of the bytes. */
import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { extract, pack } from 'tar-stream';

/**
 * Directories come in every layer that has something in them, as in layers that a build made. A hard link goes to the layer
 * of its file.
 *
 * @param {string} path
 * @param {number} count
 * @param {string} folder for the layers
 * @returns {Promise<string[]>} paths of the layers' tars
 */
export async function splitTar(path, count, folder) {
  const { size } = await stat(path);
  const layers = Array.from({ length: count }, (_, index) => new LayerWriter(join(folder, `layer-${index}.tar`)));
  const home = new Map();
  const directories = new Map();
  const source = extract();
  const feeding = pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), source);
  let bytes = 0;
  for await (const entry of source) {
    const { header } = entry;
    bytes += 512 + header.size;
    const name = clean(header.name);
    const share = Math.min(count - 1, Math.floor((bytes / size) * count));
    const index = header.type === 'link' ? (home.get(clean(header.linkname)) ?? share) : share;
    if (header.type === 'directory') directories.set(name, header);
    else home.set(name, index);
    const layer = /** @type {LayerWriter} */ (layers[index]);
    await layer.addParents(name, directories);
    await layer.add(header, entry);
  }
  await feeding;
  await Promise.all(layers.map((layer) => layer.end()));
  return layers.map((layer) => layer.path);
}

/** @typedef {import('tar-stream').Header} Header */

class LayerWriter {
  #pack = pack();
  /** @type {Set<string>} */
  #directories = new Set();
  #written;

  /** @param {string} path */
  constructor(path) {
    this.path = path;
    this.#written = pipeline(this.#pack, createWriteStream(path));
  }

  /** @param {string} name @param {Map<string, Header>} known */
  async addParents(name, known) {
    const parts = name.split('/');
    for (let depth = 1; depth < parts.length; depth++) {
      const header = known.get(parts.slice(0, depth).join('/'));
      if (header !== undefined) await this.add(header);
    }
  }

  /** @param {Header} header @param {AsyncIterable<any>} [content] */
  async add(header, content) {
    const name = clean(header.name);
    const known = header.type === 'directory' && this.#directories.has(name);
    if (header.type === 'directory') this.#directories.add(name);
    /** @type {Buffer[]} */
    const chunks = [];
    for await (const chunk of content ?? []) chunks.push(chunk);
    if (known) return;
    await new Promise((resolve, reject) => {
      const done = (/** @type {unknown} */ error) => (error ? reject(error) : resolve(undefined));
      if (header.type === 'file') this.#pack.entry(header, Buffer.concat(chunks), done);
      else this.#pack.entry(header, done);
    });
  }

  async end() {
    this.#pack.finalize();
    await this.#written;
  }
}

/** @param {string} name */
function clean(name) {
  return name.replace(/^(?:\.\/)+/, '').replace(/\/+$/, '');
}
