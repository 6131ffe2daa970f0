/**
 * Layers stacked anew for a mount below `/`: another image's tree. fsconfig(2) takes 255 bytes a value, and `lowerdir+` is
 * not there before Linux 6.8: so the layers get short names in a small tmpfs that nobody else sees.
 */
import { AT_FDCWD, flags, type KernelCall, MNT, MOVE_MOUNT, MS, OPEN_TREE, resultOf } from '../../syscall/index.ts';
import type { MountOptions } from '../spec/mount-options.ts';
import { detachedFilesystem } from './filesystem.ts';
import { clonePart, cloneSource } from './mount-source.ts';
import { mountAttr, openHow, sizeOf } from './structures.ts';

/** `lowerdir=` of the options, top first: overlayfs.rst "Multiple lower layers", `\` before what would be a separator. */
export function lowerdirsOf(options: Pick<MountOptions, 'parameters'>): string[] | undefined {
  const text = options.parameters.find(({ key }) => key === 'lowerdir')?.value;
  return text?.match(/(?:[^:\\]|\\.)+/gs)?.map((path) => path.replace(/\\(.)/gs, '$1'));
}

/** @param lowerdirs absolute, top first @param result names the mount's descriptor */
export function overlayMount(lowerdirs: readonly string[], options: MountOptions, result: string): KernelCall[] {
  const [top = '/', ...below] = lowerdirs;
  if (below.length === 0) return oneLayer(top, options, result);
  const { subdirectory } = options;
  const whole = subdirectory === undefined ? result : `${result} whole`;
  const others = options.parameters.filter(({ key }) => key !== 'lowerdir');
  const parameters = [{ key: 'lowerdir', value: [...lowerdirs.keys()].join(':') }, ...others];
  return [
    ...nameLayers(lowerdirs, `${result} layers`),
    ...detachedFilesystem(
      { type: 'overlay', source: 'overlay', options: { attributes: options.attributes, parameters } },
      whole,
      `the layers that will be ${result}`,
    ),
    ...(subdirectory === undefined ? [] : takePart(whole, { top, subdirectory, result })),
  ];
}

/** overlayfs wants two layers at least where nobody may write; one alone is that directory. */
function oneLayer(top: string, { subdirectory, attributes }: MountOptions, result: string): KernelCall[] {
  const whole = `${result} whole`;
  const why = `the layer that will be ${result}`;
  const clone: KernelCall[] =
    subdirectory === undefined
      ? cloneSource({ path: top, options: { bind: 'bind', subdirectory } }, result, why)
      : [
          {
            call: 'openat2',
            args: [AT_FDCWD, top, openHow(['O_PATH', 'O_DIRECTORY', 'O_CLOEXEC'], []), sizeOf.openHow],
            result: whole,
            why: 'the layer of which a part is wanted',
          },
          ...clonePart(whole, { path: subdirectory, walk: 'RESOLVE_IN_ROOT', recursive: false }, { result, why }),
        ];
  return [
    ...clone,
    {
      call: 'mount_setattr',
      args: [
        resultOf(result),
        '',
        flags(OPEN_TREE, 'AT_EMPTY_PATH'),
        mountAttr(attributes, MS.MS_PRIVATE),
        sizeOf.mountAttr,
      ],
      why: 'its options; nobody hears of mounts below it',
    },
  ];
}

function nameLayers(lowerdirs: readonly string[], names: string): KernelCall[] {
  const tmpfs = {
    type: 'tmpfs',
    source: 'gocker-layers',
    options: { attributes: { set: 0, clear: 0 }, parameters: [{ key: 'mode', value: '700' }] },
  };
  return [
    ...detachedFilesystem(tmpfs, names, "room for short names: the layers' paths don't fit a value of fsconfig(2)"),
    ...lowerdirs.map(
      (path, index): KernelCall => ({
        call: 'symlinkat',
        args: [path, resultOf(names), `${index}`],
        why: 'a short name',
      }),
    ),
    { call: 'fchdir', args: [resultOf(names)], why: 'the short names are relative to it' },
  ];
}

/**
 * Before Linux 6.15 a mount that is attached nowhere can't be cloned: for this moment it lies over its own topmost layer, a
 * directory that is sure to exist, in a mount namespace that nobody else sees.
 */
function takePart(
  whole: string,
  { top, subdirectory, result }: { readonly top: string; readonly subdirectory: string; readonly result: string },
): KernelCall[] {
  return [
    {
      call: 'move_mount',
      args: [resultOf(whole), '', AT_FDCWD, top, flags(MOVE_MOUNT, 'MOVE_MOUNT_F_EMPTY_PATH')],
      why: 'only of what is attached a part can be taken',
    },
    ...clonePart(
      whole,
      { path: subdirectory, walk: 'RESOLVE_IN_ROOT', recursive: false },
      { result, why: `what will be ${result}` },
    ),
    { call: 'umount2', args: [top, flags(MNT, 'MNT_DETACH')], why: 'the whole is not needed any more' },
  ];
}
