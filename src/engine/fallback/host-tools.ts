/** An image of this machine's own programs: enough for a shell in a container where no image can be had. */

import { GockerError } from '../../errors/index.ts';
import { type ExecutionConfig, hostPlatform, type Reference } from '../../oci/index.ts';
import { packTar } from '../../overlay/index.ts';
import { findHostPrograms, type HostPrograms } from './host-programs.ts';
import { type LocalImage, makeLocalImage } from './local-image.ts';
import { RootfsTree } from './rootfs-tree.ts';

export const hostToolsReference: Reference = { registry: 'localhost', repository: 'host-tools', tag: 'latest' };

export interface HostToolsOptions {
  /** The machine's root directory: `/` but for tests. */
  readonly root?: string;
  /** Where to look for programs that the usual directories lack, as in `PATH`. */
  readonly path?: string | undefined;
}

/**
 * Nothing is executed to make it. The same programs give the same image.
 *
 * @throws GockerError `HOST_TOOLS_UNAVAILABLE` where this machine has no shell that could be taken along,
 *   `TAR_CONTENT_CHANGED` where a program changes while it is read
 */
export function makeHostToolsImage(options: HostToolsOptions = {}): Promise<LocalImage> {
  const programs = findHostPrograms(options.root ?? '/', options.path);
  const entries = gather(programs).entries();
  if (!entries.some(({ path }) => path === '/bin/sh' || path === '/usr/bin/sh')) {
    throw new GockerError(
      'HOST_TOOLS_UNAVAILABLE',
      'cannot make an image of host tools: no /bin/sh here could run in it',
      {
        hint: 'Set GOCKER_ALPINE_TARBALL to a local alpine-minirootfs-*.tar.gz.',
      },
    );
  }
  return makeLocalImage({
    reference: hostToolsReference,
    platform: hostPlatform(),
    config: executionConfig(programs),
    history: { created_by: "gocker: this machine's own programs", comment: 'not a distribution' },
    openLayer: (offset) => skip(offset, packTar(entries)),
    warning: `"localhost/host-tools" is used: it holds this machine's own programs and is not Alpine, nor any distribution.`,
  });
}

function gather({ files }: HostPrograms): RootfsTree {
  const tree = new RootfsTree();
  for (const path of ['/', '/dev', '/etc', '/home', '/mnt', '/proc', '/run', '/sys', '/var']) tree.directory(path);
  for (const path of ['/tmp', '/var/tmp']) tree.directory(path, 0o1777);
  tree.directory('/root', 0o700);
  for (const [path, content] of Object.entries(ownFiles)) tree.file(path, content);
  for (const file of files) tree.copy(file);
  return tree;
}

/** None of the machine's own configuration is taken along: it may hold secrets, and names users who are not here. */
const ownFiles: Readonly<Record<string, string>> = {
  '/etc/passwd': 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n',
  '/etc/group': 'root:x:0:\ntty:x:5:\nnogroup:x:65534:\n',
  '/etc/nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files dns\n',
  '/etc/os-release': [
    'NAME="gocker host tools"',
    'PRETTY_NAME="gocker host tools (the programs of the machine itself, not a distribution)"',
    'ID=gocker-host-tools',
    '',
  ].join('\n'),
};

const usualPath = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

function executionConfig({ programDirectories, libraryDirectories }: HostPrograms): ExecutionConfig {
  const path = [...usualPath, ...programDirectories].join(':');
  // The machine's ld.so.conf means nothing without the cache that ldconfig makes of it: the variable takes its place.
  const libraries = libraryDirectories.length === 0 ? [] : [`LD_LIBRARY_PATH=${libraryDirectories.join(':')}`];
  return { Env: [`PATH=${path}`, ...libraries], Cmd: ['/bin/sh'], WorkingDir: '/' };
}

async function* skip(offset: number, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let left = offset;
  for await (const chunk of chunks) {
    if (left < chunk.length) yield chunk.subarray(left);
    left = Math.max(0, left - chunk.length);
  }
}
