/** A network as templates expect it. */
import type { NetworkDetails } from '../../engine/index.ts';
import { openMap } from '../template/go-value.ts';

/** With the name that Go's struct has for the id; `{{json .}}` gives the wire's. */
export function networkView(network: NetworkDetails): object {
  const { Containers, Options, Labels } = network;
  const open = { Containers: openMap(Containers), Options: openMap(Options), Labels: openMap(Labels) };
  const view = { ...network, ID: network.Id, ...open };
  return Object.defineProperty(view, 'toJSON', { value: () => network, enumerable: false });
}
