/** Podman with crun, so set up that it runs beside us on a machine with hybrid cgroups, and touches nothing outside its disk. */
import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const podmanPrograms = ['podman', 'crun', 'conmon'];

/**
 * Hides from a stage what crun refuses (a v2 hierarchy beside the v1 ones) and where podman would leave traces.
 *
 * @param {import('./stage.mjs').Stage} stage
 */
export async function preparePodmanStage(stage) {
  const hybrid = '/sys/fs/cgroup/unified';
  if (existsSync(hybrid)) await stage.run(['umount', hybrid]);
  await stage.run(['mount', '-t', 'tmpfs', 'tmpfs', '/run']);
}

/**
 * @param {string} home a directory on the disk that it is measured on
 * @param {string} configuration a directory for its configuration
 * @returns {Record<string, string>} the environment in which `podman` uses these
 */
export function podmanEnvironment(home, configuration) {
  const write = (/** @type {string} */ name, /** @type {string} */ text) => {
    const path = join(configuration, name);
    writeFileSync(path, text);
    return path;
  };
  const containers = `[containers]
default_ulimits = ["nofile=${limit('-Hn', 20_000)}", "nproc=${limit('-Hu', 16_384)}"]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "crun"
tmp_dir = "${home}/podman-tmp"
`;
  const storage = `[storage]
driver = "overlay"
graphroot = "${home}/podman"
runroot = "${home}/podman-run"
`;
  return {
    CONTAINERS_CONF: write('containers.conf', containers),
    CONTAINERS_STORAGE_CONF: write('storage.conf', storage),
    TMPDIR: home,
  };
}

/** No more than this machine lets a process have: raising a limit needs CAP_SYS_RESOURCE. @param {string} flag @param {number} most */
function limit(flag, most) {
  const text = execFileSync('bash', ['-c', `ulimit ${flag}`], { encoding: 'utf8' }).trim();
  const value = text === 'unlimited' ? most : Math.min(most, Number(text));
  return `${value}:${value}`;
}

/**
 * A bundle with podman's own config.json, for crun alone: the same namespaces, mounts, filter and limits.
 *
 * @param {string} config podman's, as a text
 * @param {{ rootfs: string, folder: string }} options
 */
export function writeCrunBundle(config, { rootfs, folder }) {
  const spec = JSON.parse(config);
  spec.root = { path: rootfs };
  spec.linux.cgroupsPath = '/libpod_parent/crun-bench';
  // Files of the container that podman made it for are gone.
  spec.mounts = spec.mounts.filter((/** @type {{ type: string, source: string }} */ mount) => mount.type !== 'bind');
  writeFileSync(join(folder, 'config.json'), JSON.stringify(spec));
}
