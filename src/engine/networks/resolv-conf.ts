/** /etc/resolv.conf of a container, resolv.conf(5). Pure. */
import { isWithin, parseAddress } from '../../runtime/index.ts';

export interface ResolverWishes {
  readonly servers?: readonly string[];
  readonly search?: readonly string[];
  readonly options?: readonly string[];
}

export interface ResolverFacts {
  /** The host's file. */
  readonly host: string;
  /** What systemd-resolved, which stands behind 127.0.0.53, asks itself. */
  readonly upstream: string;
  /** Whether the container has the host's own network. */
  readonly sharesHost: boolean;
}

export interface ResolverFile {
  readonly text: string;
  /** Whether no resolver of the host can be reached from a container, and public ones stand in for them. */
  readonly isMakeshift: boolean;
}

/** As docker, where a host has none but loopback resolvers. */
const publicServers = ['8.8.8.8', '8.8.4.4'] as const;

export function resolvConf(wishes: ResolverWishes, { host, upstream, sharesHost }: ResolverFacts): ResolverFile {
  const hasWishes = [wishes.servers, wishes.search, wishes.options].some(
    (list) => list !== undefined && list.length > 0,
  );
  if (sharesHost && !hasWishes) return { text: host, isMakeshift: false };
  const reachable = (text: string) => (sharesHost ? read(text).servers : read(text).servers.filter(isRemote));
  const own = reachable(host);
  const found = own.length > 0 ? own : reachable(upstream);
  const isMakeshift = found.length === 0 && (wishes.servers ?? []).length === 0;
  const given = read(own.length > 0 || found.length === 0 ? host : upstream);
  const servers =
    wishes.servers !== undefined && wishes.servers.length > 0 ? wishes.servers : isMakeshift ? publicServers : found;
  const search = wishes.search === undefined || wishes.search.length === 0 ? given.search : wishes.search;
  const options = wishes.options === undefined || wishes.options.length === 0 ? given.options : wishes.options;
  const lines = [
    ...servers.map((server) => `nameserver ${server}`),
    // docker's way to say "none".
    ...(search.length === 0 || search.includes('.') ? [] : [`search ${search.join(' ')}`]),
    ...(options.length === 0 ? [] : [`options ${options.join(' ')}`]),
  ];
  return { text: lines.map((line) => `${line}\n`).join(''), isMakeshift };
}

function read(text: string) {
  const all = (keyword: string) =>
    [...text.matchAll(new RegExp(`^[ \\t]*${keyword}[ \\t]+(.*)$`, 'gm'))].map(([, rest = '']) =>
      rest.trim().split(/\s+/),
    );
  return {
    servers: all('nameserver').flatMap(([server = '']) => server),
    // The last counts; domain is search's old name.
    search: [...all('domain'), ...all('search')].at(-1) ?? [],
    options: all('options').flat(),
  };
}

/** Loopback is another one's in the container. */
function isRemote(server: string): boolean {
  const address = parseAddress(server.replace(/%.*$/, ''));
  if (address === undefined) return false;
  if (address.length === 4) return !isWithin(address, Uint8Array.of(127, 0, 0, 0), 8);
  // Without IPv6 of its own the container reaches none; with a zone it is a link of the host's.
  return !server.includes('%') && !isWithin(address, parseAddress('::1') ?? address, 128);
}
