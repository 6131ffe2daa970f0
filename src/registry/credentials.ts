/** Who we are to a registry: docker's config.json and containers-auth.json(5), one format. Never printed, save for `source`. */
import { RegistryError } from './registry-error.ts';

export type Credentials =
  /** `note`: why there are none, where that needs a word. */
  | { readonly kind: 'anonymous'; readonly note?: string }
  | { readonly kind: 'basic'; readonly username: string; readonly password: string; readonly source: string }
  /** Exchanged for access tokens at the token service: an OAuth2 refresh token. */
  | { readonly kind: 'identity'; readonly token: string; readonly source: string }
  /** Sent to the registry as it is. */
  | { readonly kind: 'bearer'; readonly token: string; readonly source: string };

/** One file, its keys reduced to `host[:port][/path]`. */
export interface CredentialFile {
  readonly path: string;
  readonly auths: ReadonlyMap<string, Credentials>;
  /** Suffixes of `docker-credential-…` by host. */
  readonly helpers: ReadonlyMap<string, string>;
  /** The helper for all other hosts. */
  readonly store: string | undefined;
}

const hubAliases = ['docker.io', 'index.docker.io', 'registry-1.docker.io'];

/** The key that `docker login` has always used for Docker Hub, in files and helpers. */
const hubServer = 'https://index.docker.io/v1/';

/** Keys to look for, the most specific first: `quay.io/a/b`, `quay.io/a`, `quay.io`. */
export function credentialKeys(registry: string, repository: string): string[] {
  const hosts = hubAliases.includes(registry) ? hubAliases : [registry];
  const parts = repository.split('/');
  const paths = parts.map((_, dropped) => parts.slice(0, parts.length - dropped).join('/'));
  return [...hosts.flatMap((host) => paths.map((path) => `${host}/${path}`)), ...hosts];
}

/** How a helper is asked for a registry. */
export function serverOf(registry: string): string {
  return hubAliases.includes(registry) ? hubServer : registry;
}

/** @throws RegistryError `CREDENTIALS_INVALID`; its message tells nothing of the file's content */
export function parseCredentialFile(text: string, path: string): CredentialFile {
  let json: unknown;
  try {
    json = JSON.parse(text === '' ? '{}' : text);
  } catch {
    // The cause would quote the text around the fault: perhaps a password.
    throw invalid(path, 'it is no JSON');
  }
  const { auths, credHelpers, credsStore } = object(json, path, 'the file');
  return {
    path,
    auths: new Map(
      Object.entries(object(auths ?? {}, path, '"auths"')).flatMap(([key, entry]) => {
        const credentials = parseEntry(object(entry ?? {}, path, 'an entry of "auths"'), path, key);
        return credentials === undefined ? [] : [[normalizeKey(key), credentials] as const];
      }),
    ),
    helpers: new Map(
      Object.entries(object(credHelpers ?? {}, path, '"credHelpers"')).flatMap(([key, helper]) =>
        typeof helper === 'string' && helper !== '' ? [[normalizeKey(key), helper] as const] : [],
      ),
    ),
    store: typeof credsStore === 'string' && credsStore !== '' ? credsStore : undefined,
  };
}

/** Docker's legacy keys are URLs, of which the host counts. */
function normalizeKey(key: string): string {
  const bare = key.replace(/^https?:\/\//, '');
  const host = bare.slice(0, bare.indexOf('/') < 0 ? undefined : bare.indexOf('/'));
  return bare !== key || /^[^/]+\/(?:v[12]\/?)?$/.test(bare) ? host : bare;
}

/** @returns undefined for an entry without credentials: docker leaves such ones where a helper has them */
function parseEntry(entry: Readonly<Record<string, unknown>>, path: string, key: string): Credentials | undefined {
  const { auth, identitytoken, registrytoken } = entry;
  if (typeof registrytoken === 'string' && registrytoken !== '')
    return { kind: 'bearer', token: registrytoken, source: path };
  if (typeof identitytoken === 'string' && identitytoken !== '')
    return { kind: 'identity', token: identitytoken, source: path };
  const decoded = typeof auth === 'string' ? Buffer.from(auth, 'base64').toString().replace(/\0+$/, '') : '';
  const colon = decoded.indexOf(':');
  if (colon > 0)
    return { kind: 'basic', username: decoded.slice(0, colon), password: decoded.slice(colon + 1), source: path };
  if (decoded !== '') throw invalid(path, `"auth" of "${key}" does not decode to "user:password"`);
  const { username, password } = entry;
  if (typeof username === 'string' && username !== '' && typeof password === 'string')
    return { kind: 'basic', username, password, source: path };
  return undefined;
}

function object(value: unknown, path: string, what: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw invalid(path, `${what} is no object`);
}

function invalid(path: string, found: string): RegistryError {
  return new RegistryError(
    'CREDENTIALS_INVALID',
    `cannot use credentials of "${path}": ${found} (expected docker's config.json)`,
    {
      hint: 'Write the file anew with "docker login" or "podman login", or name another directory in DOCKER_CONFIG.',
    },
  );
}
