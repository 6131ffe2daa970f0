/**
 * Which of the machine's namespaces a container has for itself, and what it is called in them: namespaces(7). Texts as docker
 * has them; `container:X` shares those of a running container, by name, id or a unique prefix of an id.
 */

export interface NamespaceOptions {
  readonly hostname?: string;
  readonly domainname?: string;
  /** `private` (where left out), `shareable` (others may join), `none` (no /dev/shm either), `host`, `container:X`. */
  readonly ipc?: string;
  /** `private` (where left out), `host`, `container:X`. */
  readonly pid?: string;
  /** `private` (where left out), `host`, `container:X`. */
  readonly uts?: string;
  /** `private` (where left out), `host`, `container:X`. */
  readonly cgroupns?: string;
  /** `host` (where left out), `auto[:size=N]` (ids of the host that nobody else has), `remap:START[:SIZE]`, `container:X`. */
  readonly userns?: string;
}
