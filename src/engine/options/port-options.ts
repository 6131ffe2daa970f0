/** Which of a container's ports are to be reached from outside of it. */

export interface PortOptions {
  /** As after docker's -p: `8080:80`, `127.0.0.1:8000-8010:80/tcp`, `80`. */
  readonly publish?: readonly string[];
  /** All that its image or `expose` names, each at a free port of the host. */
  readonly publishAll?: boolean;
  /** As after docker's --expose: `80`, `53/udp`, `8000-8010`. Said, and with `publishAll` published. */
  readonly expose?: readonly string[];
}
