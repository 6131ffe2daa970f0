/** What the use-cases share: directories, the store, the containers; heavier parts are loaded when first wanted. */
import { openStore, type Store } from '../store/index.ts';
import { ContainerStore } from './containers/container-store.ts';
import { type Directories, findDirectories } from './directories.ts';
import type { EngineOptions } from './types.ts';

export class EngineContext {
  readonly directories: Directories;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly store: Store;
  readonly containers: ContainerStore;
  readonly warn: (warning: string) => void;

  constructor(options: EngineOptions) {
    this.env = options.env ?? process.env;
    this.directories = findDirectories(options, process.getuid?.() ?? 0);
    this.store = openStore({ root: this.directories.root });
    this.containers = new ContainerStore(this.directories.root, this.directories.run);
    this.warn = options.onWarning ?? (() => {});
  }
}
