/** What can be asked about networks. */
import type { EngineContext } from '../context.ts';
import type {
  ConnectOptions,
  CreateNetworkOptions,
  NetworkDetails,
  NetworkFilters,
  PruneNetworksOptions,
} from '../options/network-options.ts';

export interface NetworkCalls {
  /** @returns its id */
  createNetwork(options: CreateNetworkOptions): Promise<string>;
  /** `bridge`, `host` and `none` are always among them. */
  networks(filters?: NetworkFilters): Promise<readonly NetworkDetails[]>;
  inspectNetwork(name: string): Promise<NetworkDetails>;
  /** @returns whether there was one, with `force` */
  removeNetwork(name: string, options?: { readonly force?: boolean }): Promise<boolean>;
  /** Removes those that no container has, running or not. @returns their names */
  pruneNetworks(options?: PruneNetworksOptions): Promise<readonly string[]>;
  /** At once where the container runs, and from its next start on. */
  connectNetwork(name: string, container: string, options?: ConnectOptions): Promise<void>;
  disconnectNetwork(name: string, container: string, options?: { readonly force?: boolean }): Promise<void>;
  /** Clears up what killed gockers left of networks. */
  mendNetworks(): Promise<void>;
}

export function networkCalls(context: EngineContext): NetworkCalls {
  const list = () => import('../networks/list-networks.ts');
  const remove = () => import('../networks/remove-network.ts');
  const connect = () => import('../networks/connect.ts');
  return {
    createNetwork: async (...args) => (await import('../networks/create-network.ts')).createNetwork(context, ...args),
    networks: async (...args) => (await list()).listNetworks(context, ...args),
    inspectNetwork: async (...args) => (await list()).inspectNetwork(context, ...args),
    removeNetwork: async (...args) => (await remove()).removeNetwork(context, ...args),
    pruneNetworks: async (...args) => (await remove()).pruneNetworks(context, ...args),
    mendNetworks: async () => (await remove()).mendNetworks(context),
    connectNetwork: async (...args) => (await connect()).connectNetwork(context, ...args),
    disconnectNetwork: async (...args) => (await connect()).disconnectNetwork(context, ...args),
  };
}
