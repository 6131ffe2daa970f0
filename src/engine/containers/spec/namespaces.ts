/** Which namespaces a container has for itself, and what is set in them. Pure. */
import type { LinuxSpec } from '../../../oci/index.ts';
import { defaultNamespaces, defaultSysctls } from '../../../runtime/index.ts';
import type { NamespaceOptions } from '../../options/namespace-options.ts';

export function namespacesFor(options: NamespaceOptions): Required<Pick<LinuxSpec, 'namespaces' | 'sysctl'>> {
  const network = options.network === 'host' ? 'host' : 'private';
  return { namespaces: defaultNamespaces(network), sysctl: defaultSysctls(network) };
}
