/** The test registry's doorman: Basic, or Bearer tokens from its own `/token`, as distribution's token.md and oauth.md say. */
import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

export interface AuthOptions {
  readonly scheme: 'basic' | 'bearer';
  /** Passwords by user name. */
  readonly users?: Readonly<Record<string, string>>;
  /** Bearer only: identity tokens that POST takes as `refresh_token`. */
  readonly identityTokens?: readonly string[];
  /** Bearer only: tokens are given to whoever asks. */
  readonly anonymous?: boolean;
  /** Bearer only: another realm than the registry's own `/token`. */
  readonly realm?: string;
  /** Bearer only: seconds, as the token service says. */
  readonly expiresIn?: number;
  /** Bearer only: the name of the token's field. */
  readonly field?: 'token' | 'access_token';
}

export interface TokenAnswer {
  readonly status: number;
  readonly body: string;
}

export class Doorman {
  readonly #options: AuthOptions;
  /** Scopes by token. */
  readonly #tokens = new Map<string, string>();

  constructor(options: AuthOptions) {
    this.#options = options;
  }

  /** Makes every token given so far worthless. */
  revoke(): void {
    this.#tokens.clear();
  }

  /** @returns the challenge to answer 401 with, or undefined where the request may pass */
  challenge(authorization: string | undefined, repository: string | undefined, origin: string): string | undefined {
    if (this.#options.scheme === 'basic')
      return this.#knows(authorization) ? undefined : 'Basic realm="test", charset="UTF-8"';
    const scope = repository === undefined ? '' : `repository:${repository}:pull`;
    const token = /^Bearer (.+)$/.exec(authorization ?? '')?.[1];
    if (token !== undefined && this.#tokens.get(token)?.includes(scope)) return undefined;
    const realm = this.#options.realm ?? `${origin}/token`;
    const scopeParam = scope === '' ? '' : `,scope="${scope}"`;
    const error = token === undefined ? '' : ',error="invalid_token"';
    return `Bearer realm="${realm}",service="test.registry"${scopeParam}${error}`;
  }

  /** Answers `/token`. */
  token(method: string, query: URLSearchParams, headers: IncomingHttpHeaders): TokenAnswer {
    if (!this.#mayHaveToken(method, query, headers.authorization))
      return {
        status: 401,
        body: JSON.stringify({ errors: [{ code: 'UNAUTHORIZED', message: 'wrong credentials' }] }),
      };
    const token = randomUUID();
    this.#tokens.set(token, query.getAll('scope').join(' '));
    const field = method === 'POST' ? 'access_token' : (this.#options.field ?? 'token');
    const expiry = this.#options.expiresIn === undefined ? {} : { expires_in: this.#options.expiresIn };
    return { status: 200, body: JSON.stringify({ [field]: token, ...expiry }) };
  }

  #mayHaveToken(method: string, query: URLSearchParams, authorization: string | undefined): boolean {
    if (query.get('service') !== 'test.registry') return false;
    if (method === 'POST')
      return (
        query.get('grant_type') === 'refresh_token' &&
        query.has('client_id') &&
        (this.#options.identityTokens ?? []).includes(query.get('refresh_token') ?? '')
      );
    if (authorization === undefined) return this.#options.anonymous === true;
    return this.#knows(authorization);
  }

  #knows(authorization: string | undefined): boolean {
    const encoded = /^Basic (.+)$/.exec(authorization ?? '')?.[1];
    if (encoded === undefined) return false;
    const [user = '', ...password] = Buffer.from(encoded, 'base64').toString().split(':');
    return this.#options.users?.[user] === password.join(':');
  }
}
