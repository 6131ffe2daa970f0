/** Which of the machine's namespaces a container has for itself, and what it is called in them: namespaces(7). */

export interface NamespaceOptions {
  readonly hostname?: string;
  readonly network?: 'none' | 'host';
}
