/** What in a container's upperdir is not its own doing: places that gocker made to mount over. As docker's, they are in no image. */

const identityFiles: ReadonlySet<string> = new Set(['etc/hosts', 'etc/hostname', 'etc/resolv.conf']);
const systemDirectories: ReadonlySet<string> = new Set(['dev', 'proc', 'sys']);

/** @param path without a leading slash @param isEmpty of a file: without a byte */
export function isPlaceholder(path: string, isEmpty: boolean): boolean {
  return systemDirectories.has(path) || (isEmpty && identityFiles.has(path));
}
