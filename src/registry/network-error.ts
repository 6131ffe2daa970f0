/** What libuv, OpenSSL and undici say of a broken exchange → an error that says it to a person, with a cure. */
import type { HttpRequest } from './exchange.ts';
import { printUrl, quote } from './redact.ts';
import { RegistryError } from './registry-error.ts';

interface Explanation {
  readonly code: 'REGISTRY_UNREACHABLE' | 'REGISTRY_CONNECTION_LOST' | 'REGISTRY_TLS_FAILED' | 'REGISTRY_BAD_RESPONSE';
  readonly what: string;
  readonly hint?: string;
}

const checkNetwork = 'Check the network, or reach the registry through a proxy (HTTPS_PROXY).';
const checkDns = 'Check the name and the DNS servers in /etc/resolv.conf.';

/** By the error's code: Node's errors.md §Common system errors, undici's errors.md. */
const explanations: Readonly<Record<string, Explanation>> = {
  ENOTFOUND: { code: 'REGISTRY_UNREACHABLE', what: 'no such host (ENOTFOUND)', hint: checkDns },
  EAI_AGAIN: { code: 'REGISTRY_UNREACHABLE', what: 'no DNS server answers (EAI_AGAIN)', hint: checkDns },
  ECONNREFUSED: {
    code: 'REGISTRY_UNREACHABLE',
    what: 'connection refused (ECONNREFUSED)',
    hint: 'Check that the registry runs and listens on this port.',
  },
  EHOSTUNREACH: { code: 'REGISTRY_UNREACHABLE', what: 'no route to the host (EHOSTUNREACH)', hint: checkNetwork },
  ENETUNREACH: { code: 'REGISTRY_UNREACHABLE', what: 'no route to the network (ENETUNREACH)', hint: checkNetwork },
  EADDRNOTAVAIL: {
    code: 'REGISTRY_UNREACHABLE',
    what: 'no address to connect from (EADDRNOTAVAIL)',
    hint: checkNetwork,
  },
  EACCES: { code: 'REGISTRY_UNREACHABLE', what: 'connecting is not permitted (EACCES)', hint: checkNetwork },
  EPERM: { code: 'REGISTRY_UNREACHABLE', what: 'connecting is not permitted (EPERM)', hint: checkNetwork },
  ETIMEDOUT: { code: 'REGISTRY_UNREACHABLE', what: 'no answer to connecting (ETIMEDOUT)', hint: checkNetwork },
  UND_ERR_CONNECT_TIMEOUT: { code: 'REGISTRY_UNREACHABLE', what: 'no answer to connecting', hint: checkNetwork },
  UND_ERR_HEADERS_TIMEOUT: { code: 'REGISTRY_CONNECTION_LOST', what: 'no answer in time' },
  UND_ERR_BODY_TIMEOUT: { code: 'REGISTRY_CONNECTION_LOST', what: 'stalled, not a byte in time' },
  UND_ERR_SOCKET: { code: 'REGISTRY_CONNECTION_LOST', what: 'the server closed the connection' },
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: {
    code: 'REGISTRY_CONNECTION_LOST',
    what: 'the body ended before its Content-Length',
  },
  ECONNRESET: { code: 'REGISTRY_CONNECTION_LOST', what: 'connection reset (ECONNRESET)' },
  EPIPE: { code: 'REGISTRY_CONNECTION_LOST', what: 'the server closed the connection (EPIPE)' },
  UND_ERR_HEADERS_OVERFLOW: { code: 'REGISTRY_BAD_RESPONSE', what: 'the headers are too long' },
};

const trustHint =
  'Put the registry\'s CA certificate into /etc/docker/certs.d/<host>/ca.crt or name it in NODE_EXTRA_CA_CERTS; "insecure = true" in registries.conf switches the check off.';

/** X509_verify_cert_error_string(3ssl) by Node's names for them, tls.md §X509 certificate error codes. */
const certificateFaults: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate was issued by an authority that is not trusted here',
  UNABLE_TO_GET_ISSUER_CERT: 'its certificate was issued by an authority that is not trusted here',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate was issued by an authority that is not trusted here',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate was issued by an authority that is not trusted here',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
  CERT_REVOKED: 'its certificate was revoked',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for other names',
};

/** @param proxy the proxy that was asked, if any */
export function networkError(error: unknown, request: HttpRequest, proxy?: URL): RegistryError {
  const { code, what, hint } = explain(error);
  const through = proxy === undefined ? '' : ` through proxy ${proxy.protocol}//${proxy.host}`;
  const message =
    code === 'REGISTRY_UNREACHABLE' || code === 'REGISTRY_TLS_FAILED'
      ? `cannot reach registry "${request.url.host}"${through}: ${what} (expected an answer to ${request.method} ${printUrl(request.url)})`
      : `cannot ${request.method} ${printUrl(request.url)}${through}: ${what} (expected a whole answer)`;
  return new RegistryError(code, message, { hint, cause: error, transient: code === 'REGISTRY_CONNECTION_LOST' });
}

function explain(error: unknown): Explanation {
  const { code, name, message } = nature(error);
  const known = explanations[code];
  if (known !== undefined) return known;
  const fault = certificateFaults[code];
  if (fault !== undefined)
    return {
      code: 'REGISTRY_TLS_FAILED',
      what: `${fault} (${code})`,
      hint: code.startsWith('CERT_') ? "Check the clock of this machine and the registry's certificate." : trustHint,
    };
  if (/^(?:ERR_SSL_|ERR_TLS_|EPROTO)/.test(code))
    return {
      code: 'REGISTRY_TLS_FAILED',
      what: `TLS fails (${code})`,
      hint: 'A registry that speaks plain HTTP must be marked "insecure = true" in registries.conf.',
    };
  const refused = /Proxy response \((\d+)\)/.exec(message)?.[1];
  if (refused !== undefined)
    return {
      code: 'REGISTRY_UNREACHABLE',
      what: `the proxy answered ${refused} to CONNECT`,
      hint: 'Check HTTPS_PROXY, HTTP_PROXY and NO_PROXY.',
    };
  if (name === 'HTTPParserError') return { code: 'REGISTRY_BAD_RESPONSE', what: 'the answer is not HTTP' };
  return { code: 'REGISTRY_CONNECTION_LOST', what: quote(message) };
}

/** Node wraps the failures of several addresses into one AggregateError: the last one's code speaks for all. */
function nature(error: unknown): { code: string; name: string; message: string } {
  if (error instanceof AggregateError && error.errors.length > 0) return nature(error.errors.at(-1));
  const { code, name, message } =
    error instanceof Error ? (error as NodeJS.ErrnoException) : (new Error(`${error}`) as NodeJS.ErrnoException);
  return { code: code ?? '', name, message };
}
