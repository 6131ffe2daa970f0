/** A stack of layers unpacked by us and by umoci, and what each made of it. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { type DiffID, digestHex, sha256Digest } from '../../../src/oci/index.ts';
import { copyTree, DirectorySnapshotter, lookUpInLayers } from '../../../src/overlay/index.ts';
import { type Bundle, bundle } from '../../support/bundle.ts';
import type { Dump } from './dump-tree.ts';

export const isRoot = process.getuid?.() === 0;
export const hasUmoci = existsSync('/usr/bin/umoci');

/** Where thousands of files are made and removed at no cost. */
export const memory = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

const begun = BigInt(Date.now()) * 1_000_000n;

/** A temporary folder for one test, with a snapshotter in it. */
export class Stage {
  readonly folder: string;
  readonly layers: string;
  readonly snapshotter: DirectorySnapshotter;

  constructor(parent = tmpdir()) {
    this.folder = mkdtempSync(join(parent, 'gocker-overlay-'));
    this.layers = join(this.folder, 'layers');
    this.snapshotter = new DirectorySnapshotter(this.layers);
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** All at once, as a pull does it: the first failure stops the others. */
  async ingest(tars: readonly Buffer[]): Promise<DiffID[]> {
    const stack = tars.map(diffIDOf);
    const failed = new AbortController();
    const work = tars.map((tar, at) =>
      this.snapshotter
        .ingestLayer({
          stack: stack.slice(0, at + 1),
          blob: Readable.from([gzipSync(tar, { level: 1 })]),
          signal: failed.signal,
        })
        .catch((error: unknown) => {
          failed.abort(error);
          throw error;
        }),
    );
    await Promise.allSettled(work);
    await Promise.all(work);
    return stack;
  }
}

export function diffIDOf(tar: Buffer): DiffID {
  return sha256Digest(tar) as string as DiffID;
}

export class TreeDumper {
  readonly #bundle: Bundle;

  private constructor(program: Bundle) {
    this.#bundle = program;
  }

  static async open(): Promise<TreeDumper> {
    return new TreeDumper(await bundle(join(import.meta.dirname, 'dump-tree.ts')));
  }

  close(): void {
    this.#bundle.remove();
  }

  /** The merged tree, as a container sees it, and how many directories it is stacked from. */
  merged(stage: Stage, stack: readonly DiffID[]): Dump {
    return this.mounted(stackFolder(stage, stack));
  }

  /** The same of a folder that stackFolder() made, whatever was done in it since. */
  mounted({ folder, count }: StackFolder): Dump {
    return run('unshare', ['-m', process.execPath, this.#bundle.path, folder, String(count)]);
  }

  /** The same as a copy, by nothing but the layers' trees; what the root itself looks like is not theirs alone to say. */
  async copied(stage: Stage, stack: readonly DiffID[]): Promise<Dump> {
    const found = lookUpInLayers(stage.snapshotter.lowerdirs(stack) ?? [], '/');
    if (found?.kind !== 'directory') throw new Error('a stack without a root');
    const to = join(mkdtempSync(join(stage.folder, 'copy-')), 'tree');
    await copyTree(found.directory, to);
    return withoutRoot(this.tree(to));
  }

  tree(path: string): Dump {
    return run(process.execPath, [this.#bundle.path, path]);
  }

  /** What umoci makes of the same layers. */
  umoci(stage: Stage, tars: readonly Buffer[]): Dump {
    const layout = join(stage.folder, 'oci');
    writeLayout(layout, tars);
    const target = join(stage.folder, 'umoci');
    execFileSync('umoci', ['unpack', '--image', `${layout}:test`, target], { stdio: ['ignore', 'ignore', 'pipe'] });
    return this.tree(join(target, 'rootfs'));
  }
}

export interface StackFolder {
  /** `0`, `1` … the layers, top first; `upper`, `work`, and `merged` to mount them onto. */
  readonly folder: string;
  readonly count: number;
}

export function stackFolder(stage: Stage, stack: readonly DiffID[]): StackFolder {
  const lowerdirs = stage.snapshotter.lowerdirs(stack) ?? [];
  const folder = mkdtempSync(join(stage.folder, 'mount-'));
  // Short names: mount(2) takes a page of options.
  for (const [at, lowerdir] of lowerdirs.entries()) symlinkSync(lowerdir, join(folder, String(at)));
  mkdirSync(join(folder, 'merged'));
  stage.snapshotter.prepare(stack, { upperdir: join(folder, 'upper'), workdir: join(folder, 'work') });
  return { folder, count: lowerdirs.length };
}

/** An OCI image layout with one image, `test`, of these layers. */
function writeLayout(layout: string, tars: readonly Buffer[]): void {
  mkdirSync(join(layout, 'blobs', 'sha256'), { recursive: true });
  const put = (bytes: Buffer, mediaType: string) => {
    const digest = sha256Digest(bytes);
    writeFileSync(join(layout, 'blobs', 'sha256', digestHex(digest)), bytes);
    return { mediaType, digest, size: bytes.length };
  };
  const json = (document: object) => Buffer.from(JSON.stringify(document));
  const layers = tars.map((tar) => put(gzipSync(tar, { level: 1 }), 'application/vnd.oci.image.layer.v1.tar+gzip'));
  const rootfs = { type: 'layers', diff_ids: tars.map(diffIDOf) };
  const config = put(json({ os: 'linux', architecture: 'amd64', rootfs }), 'application/vnd.oci.image.config.v1+json');
  const type = 'application/vnd.oci.image.manifest.v1+json';
  const manifest = put(json({ schemaVersion: 2, mediaType: type, config, layers }), type);
  const annotations = { 'org.opencontainers.image.ref.name': 'test' };
  writeFileSync(join(layout, 'oci-layout'), json({ imageLayoutVersion: '1.0.0' }));
  writeFileSync(join(layout, 'index.json'), json({ schemaVersion: 2, manifests: [{ ...manifest, annotations }] }));
}

export function withoutRoot(dump: Dump): Dump {
  return Object.fromEntries(Object.entries(dump).filter(([name]) => name !== '.'));
}

function run(command: string, args: readonly string[]): Dump {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(`${command} failed: ${stderr}`);
  return JSON.parse(stdout) as Dump;
}

/**
 * Differences of two dumps, as text. umoci leaves the time of its own work on some directories that no tar names, or whose
 * content it changed through a whiteout: such times are left out.
 */
export function differences(ours: Dump, theirs: Dump): string[] {
  const found: string[] = [];
  for (const name of new Set([...Object.keys(ours), ...Object.keys(theirs)])) {
    const [a, b] = [ours[name], theirs[name]];
    const isRecent = BigInt(String(b?.mtime ?? 0)) >= begun && String(b?.mode).startsWith('4');
    const [left, right] = [a, b].map((entry) => JSON.stringify(isRecent && entry ? { ...entry, mtime: '' } : entry));
    if (left !== right) found.push(`${name}\n  ours   ${left}\n  theirs ${right}`);
  }
  return found;
}
