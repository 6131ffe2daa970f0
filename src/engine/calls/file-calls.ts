/** What can be done with the files of containers, running or not. */
import type { EngineContext } from '../context.ts';
import type {
  CommitOptions,
  Committed,
  Copied,
  CopyOptions,
  FileChange,
  InContainer,
} from '../options/file-options.ts';

export interface FileCalls {
  /** From this machine into a container, by docker's rules for `cp`. Owners keep their numbers. */
  copyTo(source: string, destination: InContainer, options?: CopyOptions): Promise<Copied>;
  /** From a container to this machine. What is made belongs to this process, unless `archive` is given. */
  copyFrom(source: InContainer, destination: string, options?: CopyOptions): Promise<Copied>;
  /** Unpacks a tar into a directory of a container. */
  writeArchive(tar: AsyncIterable<Uint8Array>, destination: InContainer, options?: CopyOptions): Promise<Copied>;
  /** Gives files of a container as a tar to `take`, which reads it to its end. */
  readArchive<T>(
    source: InContainer,
    take: (tar: AsyncIterable<Uint8Array>) => Promise<T>,
    options?: CopyOptions,
  ): Promise<T>;
  /** What a container changed of its image, by path. */
  changes(container: string): Promise<readonly FileChange[]>;
  /** Gives all files of a container, without what is mounted in it, as a tar to `take`. */
  exportContainer<T>(container: string, take: (tar: AsyncIterable<Uint8Array>) => Promise<T>): Promise<T>;
  /** Makes an image of what a container has changed; durable once it resolves. */
  commit(container: string, options?: CommitOptions): Promise<Committed>;
}

export function fileCalls(context: EngineContext): FileCalls {
  return {
    copyTo: async (...args) => (await import('../files/copy-to.ts')).copyTo(context, ...args),
    copyFrom: async (...args) => (await import('../files/copy-from.ts')).copyFrom(context, ...args),
    writeArchive: async (...args) => (await import('../files/copy-to.ts')).writeArchive(context, ...args),
    readArchive: async (...args) => (await import('../files/copy-from.ts')).readArchive(context, ...args),
    changes: async (...args) => (await import('../files/changes.ts')).containerChanges(context, ...args),
    exportContainer: async (...args) => (await import('../files/export.ts')).exportContainer(context, ...args),
    commit: async (...args) => (await import('../commit/commit.ts')).commitContainer(context, ...args),
  };
}
