/** http or https? Told by the endpoint where it must be https; found out by asking `/v2/` on loopback and insecure hosts. */
import { abortable } from './abortable.ts';
import type { Connections } from './connections.ts';
import type { Endpoint } from './endpoint.ts';

type Scheme = 'http' | 'https';

export class Schemes {
  readonly #connections: Connections;
  readonly #found = new Map<string, Promise<Scheme>>();

  constructor(connections: Connections) {
    this.#connections = connections;
  }

  /** The root of the endpoint's API: `https://registry-1.docker.io/v2/`. @throws as Connections.exchange() does */
  async apiRoot(endpoint: Endpoint, signal: AbortSignal | undefined): Promise<URL> {
    const scheme = endpoint.security === 'verified' ? 'https' : await abortable(this.#schemeOf(endpoint), signal);
    return new URL(`${scheme}://${endpoint.host}/v2/`);
  }

  #schemeOf(endpoint: Endpoint): Promise<Scheme> {
    const known = this.#found.get(endpoint.host);
    if (known !== undefined) return known;
    const finding = this.#find(endpoint);
    this.#found.set(endpoint.host, finding);
    finding.catch(() => this.#found.delete(endpoint.host));
    return finding;
  }

  /** Docker asks https first everywhere; on loopback that would cost each pull from a plain registry a failed handshake. */
  async #find(endpoint: Endpoint): Promise<Scheme> {
    const [first, second]: [Scheme, Scheme] = endpoint.security === 'loopback' ? ['http', 'https'] : ['https', 'http'];
    let failure: unknown;
    try {
      if (await this.#answers(first, endpoint.host)) return first;
    } catch (error) {
      failure = error;
    }
    const secondAnswers = await this.#answers(second, endpoint.host).catch(() => false);
    if (secondAnswers || failure === undefined) return secondAnswers ? second : first;
    throw failure;
  }

  async #answers(scheme: Scheme, host: string): Promise<boolean> {
    const url = new URL(`${scheme}://${host}/v2/`);
    const request = { method: 'GET', url, headers: {}, insecure: true, signal: undefined } as const;
    const response = await this.#connections.exchange(request);
    response.body.discard();
    // Servers of Go and nginx answer plain HTTP on a TLS port with 400.
    return scheme === 'https' || response.status !== 400;
  }
}
