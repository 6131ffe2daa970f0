/** The `Authorization` header for each repository of a registry: learned from its challenges, kept, renewed. */
import { abortable } from './abortable.ts';
import type { Challenge } from './challenge.ts';
import type { Connections } from './connections.ts';
import type { CredentialStore } from './credential-store.ts';
import type { Credentials } from './credentials.ts';
import type { Endpoint } from './endpoint.ts';
import { basic, fetchToken, type Token } from './token.ts';

/** What is known of one repository. */
interface Entry {
  header?: string;
  /** Milliseconds since the epoch; a Basic header has none. */
  expiresAt?: number;
  /** Renews the header as the last challenge wanted it. Several requests that meet the same 401 share one renewal. */
  renewing?: Promise<string | undefined>;
  challenge?: Challenge;
}

export class Authorization {
  readonly #connections: Connections;
  readonly #credentials: CredentialStore;
  readonly #entries = new Map<string, Entry>();

  constructor(connections: Connections, credentials: CredentialStore) {
    this.#connections = connections;
    this.#credentials = credentials;
  }

  /** The header to send at once; a token that has run out is renewed first. Undefined until the registry asked for one. */
  async current(endpoint: Endpoint, signal: AbortSignal | undefined): Promise<string | undefined> {
    const entry = this.#entry(endpoint);
    if (entry.expiresAt === undefined || Date.now() < entry.expiresAt) return entry.header;
    return await abortable(this.#renew(endpoint, entry), signal);
  }

  /**
   * The header that answers a 401.
   *
   * @param refused the header that was sent
   * @returns undefined where there is nothing (else) to answer
   * @throws RegistryError those of fetchToken() and CredentialStore.lookup()
   */
  async answer(
    endpoint: Endpoint,
    refused: string | undefined,
    { challenges, signal }: { readonly challenges: readonly Challenge[]; readonly signal: AbortSignal | undefined },
  ): Promise<string | undefined> {
    const entry = this.#entry(endpoint);
    // Another request may have renewed it while this one was under way.
    if (entry.header !== undefined && entry.header !== refused) return entry.header;
    const challenge = ['bearer', 'basic']
      .map((scheme) => challenges.find((challenge) => challenge.scheme === scheme))
      .find((challenge) => challenge !== undefined);
    if (challenge === undefined) return undefined;
    entry.challenge = challenge;
    const header = await abortable(this.#renew(endpoint, entry), signal);
    return header === refused ? undefined : header;
  }

  /** For messages. */
  async credentialsFor({ registry, repository }: Endpoint): Promise<Credentials> {
    return await this.#credentials.lookup(registry, repository);
  }

  #entry({ host, repository }: Endpoint): Entry {
    const key = `${host}/${repository}`;
    const entry = this.#entries.get(key) ?? {};
    this.#entries.set(key, entry);
    return entry;
  }

  #renew(endpoint: Endpoint, entry: Entry): Promise<string | undefined> {
    entry.renewing ??= this.#obtain(endpoint, entry).finally(() => {
      delete entry.renewing;
    });
    return entry.renewing;
  }

  async #obtain(endpoint: Endpoint, entry: Entry): Promise<string | undefined> {
    const credentials = await this.credentialsFor(endpoint);
    const { scheme, parameters } = entry.challenge ?? { scheme: '', parameters: new Map<string, string>() };
    delete entry.header;
    delete entry.expiresAt;
    if (credentials.kind === 'bearer') entry.header = `Bearer ${credentials.token}`;
    else if (scheme === 'basic' && credentials.kind === 'basic') entry.header = basic(credentials);
    else if (scheme === 'bearer') {
      const { token, expiresAt } = await this.#token(endpoint, parameters, credentials);
      entry.header = `Bearer ${token}`;
      entry.expiresAt = expiresAt;
    }
    return entry.header;
  }

  async #token(
    { host, repository, security }: Endpoint,
    parameters: ReadonlyMap<string, string>,
    credentials: Credentials,
  ): Promise<Token> {
    return await fetchToken(this.#connections, {
      realm: parameters.get('realm') ?? '',
      service: parameters.get('service'),
      // A challenge without scope is that of /v2/: what we are about to do is to pull.
      scope: parameters.get('scope') ?? `repository:${repository}:pull`,
      credentials,
      registryHost: host,
      insecure: security !== 'verified',
    });
  }
}
