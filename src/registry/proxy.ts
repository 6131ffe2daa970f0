/** Which proxy a request goes through, as curl(1) §ENVIRONMENT and Go's httpproxy have it: lower-case variables come first. */
import { BlockList, isIP } from 'node:net';
import { isLoopback, parseUrl, withoutBrackets } from './address.ts';
import { RegistryError } from './registry-error.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Loopback is never proxied. HTTP_PROXY serves http: alone and HTTPS_PROXY https: alone.
 *
 * @throws RegistryError `REGISTRY_UNREACHABLE` where the variable holds no URL of a proxy
 */
export function proxyFor(url: URL, env: Environment): URL | undefined {
  const names = url.protocol === 'https:' ? ['https_proxy', 'HTTPS_PROXY'] : ['http_proxy', 'HTTP_PROXY'];
  const name = names.find((name) => env[name]);
  const value = name === undefined ? undefined : env[name];
  if (name === undefined || value === undefined || isLoopback(url.hostname) || isExempt(url, env)) return undefined;
  const proxy = parseUrl(value.includes('://') ? value : `http://${value}`);
  if (proxy !== undefined && /^(?:https?|socks5?):$/.test(proxy.protocol)) return proxy;
  throw new RegistryError(
    'REGISTRY_UNREACHABLE',
    `cannot reach registry "${url.host}": ${name} is no proxy (expected a URL such as "http://proxy:3128")`,
    { hint: `Set ${name} to the URL of the proxy, or unset it.` },
  );
}

/** NO_PROXY: "*", or names (with all below them), addresses and CIDR blocks, each with an optional port, between commas. */
function isExempt(url: URL, env: Environment): boolean {
  const host = withoutBrackets(url.hostname).toLowerCase();
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  const entries = (env.no_proxy || env.NO_PROXY || '').toLowerCase().split(/[\s,]+/);
  return entries.some((entry) => {
    if (entry === '' || entry === '*') return entry === '*';
    if (entry.includes('/')) return inBlock(host, entry);
    const [, name = entry, wantedPort] = /^(\[[^\]]*\]|[^:]*):(\d+)$/.exec(entry) ?? [];
    if (wantedPort !== undefined && wantedPort !== port) return false;
    const bare = withoutBrackets(name).replace(/^\*?\./, '');
    return host === bare || (isIP(host) === 0 && host.endsWith(`.${bare}`));
  });
}

function inBlock(host: string, block: string): boolean {
  const [network = '', bits = ''] = block.split('/');
  const family = isIP(host);
  if (family === 0 || isIP(network) !== family || !/^\d{1,3}$/.test(bits)) return false;
  const type = family === 4 ? 'ipv4' : 'ipv6';
  if (Number(bits) > (family === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  list.addSubnet(network, Number(bits), type);
  return list.check(host, type);
}
