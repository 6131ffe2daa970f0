/**
 * Fresh filesystems: an ext4 in a file, mounted in a stage. Where files are made soon after many were deleted, ext4 is five to
 * ten times slower: a second pull onto the same disk would be measured with the traces of the first.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const GIBIBYTES = 8;

export class Disk {
  #stage;
  #image;
  #template;
  /** Where it is mounted, within the stage. */
  path;

  /**
   * @param {import('./stage.mjs').Stage} stage
   * @param {string} scratch a directory for the images and the mount point
   * @param {string} name of its own, for its files
   */
  constructor(stage, scratch, name) {
    this.#stage = stage;
    this.#template = makeTemplate(scratch);
    this.#image = join(scratch, `${name}.ext4`);
    this.path = join(scratch, `${name}.mnt`);
    mkdirSync(this.path);
  }

  async mount() {
    execFileSync('cp', ['--sparse=always', this.#template, this.#image]);
    await this.#stage.run(['mount', '-o', 'loop', this.#image, this.path]);
  }

  /** Lazily, since a container engine may leave mounts below; the namespace is its own anyway. */
  async unmount() {
    await this.#stage.run(['umount', '--recursive', '--lazy', this.path]);
    rmSync(this.#image);
  }
}

/** Made once: a copy of a sparse file costs milliseconds, mkfs does not. @param {string} scratch */
function makeTemplate(scratch) {
  const template = join(scratch, 'template.ext4');
  if (existsSync(template)) return template;
  execFileSync('truncate', ['-s', `${GIBIBYTES}G`, template]);
  // Nothing is left for the kernel to initialise in the background, while somebody is measured.
  execFileSync('mkfs.ext4', ['-q', '-F', '-E', 'lazy_itable_init=0,lazy_journal_init=0', template]);
  return template;
}
