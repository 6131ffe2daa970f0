/** The two engines that can do all of it, each on a stage and a disk of its own, behind one set of verbs. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Disk } from './disk.mjs';
import { podmanEnvironment, podmanPrograms, preparePodmanStage } from './peers.mjs';
import { gocker, missing, missingBuild } from './programs.mjs';
import { Stage } from './stage.mjs';

/**
 * @typedef {object} Engine
 * @property {string} name
 * @property {Stage} stage
 * @property {Disk} disk
 * @property {Record<string, string>} env
 * @property {(image: string) => string[]} pull
 * @property {(image: string, flags?: string[]) => string[]} run `true` in a new container that is removed
 * @property {(image: string) => string[]} rmi
 * @property {() => string[]} images
 */

/** @typedef {{ name: string, missing: () => string | undefined, open: (scratch: import('./scratch.mjs').Scratch) => Promise<Engine> }} EngineKind */

const container = ['run', '--rm', '--network', 'none'];

/** @type {EngineKind} */
const gockerKind = {
  name: 'gocker',
  missing: missingBuild,
  async open(scratch) {
    const { stage, disk } = openStage(scratch, 'gocker');
    return {
      name: 'gocker',
      stage,
      disk,
      env: { GOCKER_ROOT: join(disk.path, 'gocker') },
      pull: (image) => [...gocker, 'pull', '--quiet', image],
      run: (image, flags = []) => [...gocker, ...container, ...flags, image, 'true'],
      rmi: (image) => [...gocker, 'rmi', image],
      images: () => [...gocker, 'images'],
    };
  },
};

/** @type {EngineKind} */
const podmanKind = {
  name: 'podman',
  missing: () => missing(...podmanPrograms),
  async open(scratch) {
    const { stage, disk } = openStage(scratch, 'podman');
    await preparePodmanStage(stage);
    const configuration = join(scratch.path, 'podman');
    mkdirSync(configuration);
    return {
      name: 'podman',
      stage,
      disk,
      env: podmanEnvironment(disk.path, configuration),
      pull: (image) => ['podman', 'pull', '--quiet', '--tls-verify=false', image],
      run: (image, flags = []) => ['podman', ...container, ...flags, image, 'true'],
      rmi: (image) => ['podman', 'rmi', image],
      images: () => ['podman', 'images'],
    };
  },
};

export const engineKinds = [gockerKind, podmanKind];

/** @param {import('./scratch.mjs').Scratch} scratch @param {string} name */
export function openStage(scratch, name) {
  const stage = Stage.open();
  scratch.onEnd(() => stage.close());
  return { stage, disk: new Disk(stage, scratch.path, name) };
}
