/**
 * EXPOSE's ports, image-spec v1.1.1 config.md `ExposedPorts`:
 *
 *   ports ::= port ["-" port] ["/" ("tcp" | "udp" | "sctp")]
 */

/** `80/tcp`, each of a range; undefined for what is none. */
export function exposedPorts(text: string): string[] | undefined {
  const [, first, last = first, protocol = 'tcp'] = /^(\d+)(?:-(\d+))?(?:\/(\w+))?$/.exec(text) ?? [];
  const [low, high] = [Number(first), Number(last)];
  const kind = protocol.toLowerCase();
  if (!(low >= 1 && low <= high && high <= 65_535) || !['tcp', 'udp', 'sctp'].includes(kind)) return undefined;
  return Array.from({ length: high - low + 1 }, (_, at) => `${low + at}/${kind}`);
}
