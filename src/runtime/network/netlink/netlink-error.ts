/** A netlink message that the kernel refused, printed as the send that carried it. */
import { GockerError } from '../../../errors/index.ts';
import { errnoName, formatErrno } from '../../../syscall/index.ts';
import { formatMessage, type NetlinkMessage } from './message.ts';

export type NetlinkProtocol = 'NETLINK_ROUTE' | 'NETLINK_NETFILTER';

export class NetlinkError extends GockerError {
  /** Positive error number. */
  readonly errno: number;
  /** Name of the error number: `EPERM`. */
  readonly errnoName: string;
  readonly networkMessage: NetlinkMessage;

  /** @param words the kernel's own, where it had some */
  constructor(protocol: NetlinkProtocol, message: NetlinkMessage, { errno, words }: { errno: number; words: string }) {
    const name = errnoName(errno);
    const said = words === '' ? '' : `: the kernel says "${words}"`;
    super(name, `send(${protocol}, ${formatMessage(message)}) = ${formatErrno(errno)}${said}`, {
      hint: hints[name],
    });
    this.errno = errno;
    this.errnoName = name;
    this.networkMessage = message;
  }
}

const missing =
  'The kernel lacks this kind of interface, rule or expression: load its module (modprobe), or run with --network none or host.';

const hints: Readonly<Record<string, string>> = {
  EPERM: 'Interfaces and rules need CAP_NET_ADMIN: run as root, or with --network none or host.',
  EOPNOTSUPP: missing,
  EPROTONOSUPPORT: missing,
  EAFNOSUPPORT: missing,
};
