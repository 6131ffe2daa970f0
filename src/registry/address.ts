/** Where requests go: URLs of strangers, hosts, and the addresses that never leave this machine. */
import { isIPv4 } from 'node:net';

/** @returns undefined where the text is no URL */
export function parseUrl(text: string, base?: URL): URL | undefined {
  return URL.canParse(text, base?.href) ? new URL(text, base?.href) : undefined;
}

/**
 * 127.0.0.0/8, ::1 and the name localhost (RFC 6761 §6.3).
 *
 * @param hostname without port, an IPv6 address with or without brackets
 */
export function isLoopback(hostname: string): boolean {
  const bare = withoutBrackets(hostname).toLowerCase();
  return bare === 'localhost' || bare === '::1' || (isIPv4(bare) && bare.startsWith('127.'));
}

/** `[::1]:5000` → `[::1]`, `localhost:5000` → `localhost`. */
export function hostnameOf(host: string): string {
  return host.replace(/:\d+$/, '');
}

/** `[::1]` → `::1` */
export function withoutBrackets(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}
