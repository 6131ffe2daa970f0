/** From options and image to what a container's record keeps of its ports. Pure. */
import { GockerError } from '../../../errors/index.ts';
import type { ExecutionConfig } from '../../../oci/index.ts';
import { exposedPorts } from '../../commit/exposed-ports.ts';
import type { PortOptions } from '../../options/port-options.ts';
import { parseExpose } from './parse-expose.ts';
import { parsePublish } from './parse-publish.ts';
import { formatPort, type PortRecord } from './port-mapping.ts';

/**
 * @param network the mode of its network: `host`, `container:<id>`, `none`, a network's name
 * @throws GockerError `PORT_INVALID`, `PORT_TWICE`, `NETWORK_CONFLICT`
 */
export function askPorts(
  { ExposedPorts = {} }: ExecutionConfig,
  { publish = [], publishAll = false, expose = [] }: PortOptions,
  network: string,
): PortRecord {
  const ports = parsePublish(publish);
  const asked = parseExpose(expose);
  if (network.startsWith('container:')) {
    if (ports.length > 0 || publishAll) throw conflict('port publishing', 'Publish');
    if (asked.length > 0) throw conflict('port exposing', 'Expose');
  }
  // What an image says was written by others: what is no port is left aside.
  const ofImage = Object.keys(ExposedPorts).flatMap((text) => exposedPorts(text) ?? []);
  const exposed = [...new Set([...ofImage, ...asked, ...ports.map(formatPort)])];
  return {
    ...(ports.length === 0 ? {} : { ports }),
    ...(exposed.length === 0 ? {} : { exposedPorts: exposed }),
    ...(publishAll ? { publishAllPorts: true as const } : {}),
  };
}

function conflict(what: string, verb: string): GockerError {
  return new GockerError('NETWORK_CONFLICT', `conflicting options: ${what} and the container type network mode`, {
    hint: `${verb} the port with the container whose network it shares.`,
  });
}
