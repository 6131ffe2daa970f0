/** Finds credentials: which files there are, in which order, and which of their entries or helpers answers for a registry. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { askHelper } from './credential-helper.ts';
import { type CredentialFile, type Credentials, credentialKeys, parseCredentialFile, serverOf } from './credentials.ts';
import type { Environment } from './proxy.ts';
import { RegistryError } from './registry-error.ts';

/**
 * The first file that knows the registry wins: $REGISTRY_AUTH_FILE, docker's config.json (in $DOCKER_CONFIG or ~/.docker), then
 * podman's auth.json of this boot and the one that lasts, containers-auth.json(5) §DESCRIPTION.
 */
export function credentialFiles(env: Environment): string[] {
  const docker = env.DOCKER_CONFIG || (env.HOME && join(env.HOME, '.docker'));
  const runtime = env.XDG_RUNTIME_DIR || `/run/containers/${process.getuid?.() ?? 0}`;
  const config = env.XDG_CONFIG_HOME || (env.HOME && join(env.HOME, '.config'));
  return [
    env.REGISTRY_AUTH_FILE ?? '',
    docker ? join(docker, 'config.json') : '',
    join(runtime, env.XDG_RUNTIME_DIR ? 'containers/auth.json' : 'auth.json'),
    config ? join(config, 'containers/auth.json') : '',
  ].filter((path) => path !== '');
}

export class CredentialStore {
  readonly #paths: readonly string[];
  readonly #env: Environment;
  #files: Promise<CredentialFile[]> | undefined;
  readonly #found = new Map<string, Promise<Credentials>>();

  /** @param named a config.json to use in place of all others */
  constructor(env: Environment, named?: string) {
    this.#env = env;
    this.#paths = named === undefined ? credentialFiles(env) : [named];
  }

  /**
   * Reads the files once, asks a helper once for each registry.
   *
   * @throws RegistryError `CREDENTIALS_INVALID`
   */
  lookup(registry: string, repository: string): Promise<Credentials> {
    const key = `${registry}/${repository}`;
    const found = this.#found.get(key) ?? this.#lookup(registry, repository);
    this.#found.set(key, found);
    return found;
  }

  async #lookup(registry: string, repository: string): Promise<Credentials> {
    this.#files ??= Promise.all(this.#paths.map(readFileIfThere)).then((files) => files.flat());
    const keys = credentialKeys(registry, repository);
    let nobody: Credentials = { kind: 'anonymous' };
    for (const file of await this.#files) {
      const helper = first(keys, file.helpers) ?? file.store;
      const answer = helper === undefined ? undefined : await askHelper(helper, serverOf(registry), this.#env);
      if (answer !== undefined && answer.kind !== 'anonymous')
        return { ...answer, source: `${answer.source} of ${file.path}` };
      if (answer?.note !== undefined) nobody = answer;
      const entry = first(keys, file.auths);
      if (entry !== undefined) return entry;
    }
    return nobody;
  }
}

function first<T>(keys: readonly string[], map: ReadonlyMap<string, T>): T | undefined {
  const key = keys.find((key) => map.has(key));
  return key === undefined ? undefined : map.get(key);
}

async function readFileIfThere(path: string): Promise<CredentialFile[]> {
  try {
    return [parseCredentialFile(await readFile(path, 'utf8'), path)];
  } catch (error) {
    if (error instanceof RegistryError) throw error;
    // Another user's file (HOME kept by sudo) is none of ours.
    return [];
  }
}
