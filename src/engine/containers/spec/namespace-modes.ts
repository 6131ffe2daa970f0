/**
 * The texts after --network, --ipc, --pid, --uts and --cgroupns. Pure.
 *
 *   mode  ::= "" | word | "host" | "container:" (name | id)
 *   word  ::= "private" | "shareable" | "none"
 */
import type { NamespaceOptions } from '../../options/namespace-options.ts';
import { optionError } from '../../options/option-error.ts';

/** How a container stands to a namespace of the machine; `C` is how another container is known. */
export type NamespaceMode<C = string> =
  | { readonly kind: 'own'; readonly word: string }
  | { readonly kind: 'host' }
  | { readonly kind: 'container'; readonly container: C };

export type NamespaceKind = 'network' | 'ipc' | 'pid' | 'uts' | 'cgroupns';

export type NamespaceModes<C = string> = Readonly<Record<NamespaceKind, NamespaceMode<C>>>;

/** @param network as readAskedNetworks() has it; `none` where left out */
export type NamespaceTexts = NamespaceOptions & { readonly network?: string };

interface Choice {
  /** Of which the first is meant where nothing is said. */
  readonly own: readonly string[];
  /** What docker's error calls it. */
  readonly name: string;
}

const choices: Readonly<Record<NamespaceKind, Choice>> = {
  // And any network by its name.
  network: { own: ['none'], name: 'network' },
  ipc: { own: ['private', 'shareable', 'none'], name: 'IPC' },
  pid: { own: ['private'], name: 'PID' },
  uts: { own: ['private'], name: 'UTS' },
  cgroupns: { own: ['private'], name: 'cgroup' },
};

export const namespaceKinds = Object.keys(choices) as readonly NamespaceKind[];

/** @throws GockerError `NAMESPACE_INVALID` */
export function parseNamespaceModes(options: NamespaceTexts): NamespaceModes {
  const modes = {
    network: parseMode('network', options.network),
    ipc: parseMode('ipc', options.ipc),
    pid: parseMode('pid', options.pid),
    uts: parseMode('uts', options.uts),
    cgroupns: parseMode('cgroupns', options.cgroupns),
  };
  checkNames(options, modes);
  return modes;
}

/** The mode as it was written, with the other container as `id` knows it. */
export function formatMode<C>(mode: NamespaceMode<C>, id: (container: C) => string): string {
  if (mode.kind === 'container') return `container:${id(mode.container)}`;
  return mode.kind === 'host' ? 'host' : mode.word;
}

function parseMode(kind: NamespaceKind, text = ''): NamespaceMode {
  const { own, name } = choices[kind];
  const word = own.find((one) => one === text);
  if (word !== undefined || text === '') return { kind: 'own', word: word ?? own[0] ?? '' };
  if (text === 'host') return { kind: 'host' };
  const [, container] = /^container:(.+)$/.exec(text) ?? [];
  if (container !== undefined) return { kind: 'container', container };
  if (kind === 'network') return { kind: 'own', word: text };
  const expected = [...own, 'host', 'container:ID'];
  throw optionError({
    code: 'NAMESPACE_INVALID',
    flag: `--${kind}`,
    value: text,
    is: `invalid ${name} mode`,
    expected: expected.join(', '),
  });
}

/** A name is of the UTS namespace; one that is shared has its names already. */
function checkNames({ hostname, domainname }: NamespaceOptions, { uts, network }: NamespaceModes): void {
  const fail = (flag: string, value: string, other: string) => {
    throw optionError({
      code: 'NAMESPACE_INVALID',
      flag: `--${flag}`,
      value,
      is: `conflicting options: ${flag} and the ${other} mode`,
      expected: `--${flag} or --${other === 'UTS' ? 'uts' : 'network'}, not both`,
    });
  };
  if (uts.kind !== 'own' && hostname !== undefined) fail('hostname', hostname, 'UTS');
  if (uts.kind !== 'own' && domainname !== undefined) fail('domainname', domainname, 'UTS');
  if (network.kind === 'container' && hostname !== undefined) fail('hostname', hostname, 'network');
}
