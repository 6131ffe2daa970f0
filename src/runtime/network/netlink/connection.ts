/**
 * A socket to the kernel's network configuration, netlink(7). All is synchronous: the kernel has answered when send() returns, so
 * that what it said can be taken without waiting.
 */
import { closeSync } from 'node:fs';
import {
  constant,
  errnoNumber,
  inNetworkNamespace,
  openSocket,
  type PlayedCall,
  receiveMessage,
  sendMessage,
  setSocketOption,
} from '../../../syscall/index.ts';
import { concatenate, parseAttributes } from './attributes.ts';
import {
  encodeMessage,
  formatMessage,
  type NetlinkMessage,
  NLM_F,
  type ParsedMessage,
  parseMessages,
} from './message.ts';
import { NetlinkError, type NetlinkProtocol } from './netlink-error.ts';

/** linux/netlink.h */
const protocols = { NETLINK_ROUTE: 0, NETLINK_NETFILTER: 12 } as const;
const NLMSG_ERROR = 2;
const NLMSG_DONE = 3;
const NLM_F_CAPPED = 0x100;
const NLM_F_ACK_TLVS = 0x200;
const NLM_F_DUMP_INTR = 0x10;
const NLMSGERR_ATTR_MSG = 1;
/** Of an NLMSG_ERROR: the error, and the header of the message that it is about. */
const ERROR_HEADER = 4 + 16;

/** The kernel never makes longer ones of what we ask: it fills what the receiver's buffer held last, 32 KiB at most. */
const RECEIVE_BYTES = 64 * 1024;
/** An acknowledgement takes some 800 bytes of the socket's buffer, 208 KiB: as many as one send may carry. */
const MOST_AT_ONCE = 128;
const DUMP_TRIES = 10;

/** linux/netfilter/nfnetlink.h: what makes one transaction of the messages between. */
const NFNL_MSG_BATCH_BEGIN = 16;
const NFNL_MSG_BATCH_END = 17;
const NFNL_SUBSYS_NFTABLES = 10;

export interface ConnectionOptions {
  /** A descriptor of the network namespace that is spoken of; our own where left out. */
  readonly namespace?: number;
  /** Takes what is changed, message by message, for `--explain`. */
  readonly journal?: PlayedCall[] | undefined;
}

export class NetlinkConnection implements Disposable {
  readonly #protocol: NetlinkProtocol;
  readonly #fd: number;
  readonly #journal: PlayedCall[] | undefined;
  readonly #into = new Uint8Array(RECEIVE_BYTES);
  #sequence = 0;

  private constructor(protocol: NetlinkProtocol, fd: number, journal: PlayedCall[] | undefined) {
    this.#protocol = protocol;
    this.#fd = fd;
    this.#journal = journal;
  }

  /** @throws SyscallError EPROTONOSUPPORT where the kernel has no such netlink */
  static open(protocol: NetlinkProtocol, { namespace, journal }: ConnectionOptions = {}): NetlinkConnection {
    const make = () => openSocket('AF_NETLINK', { type: 'SOCK_RAW', protocol: protocols[protocol] });
    const fd = namespace === undefined ? make() : inNetworkNamespace(namespace, make);
    try {
      // Answers without the question, and with the kernel's words.
      setSocketOption(fd, 'NETLINK_CAP_ACK', 1);
      setSocketOption(fd, 'NETLINK_EXT_ACK', 1);
      return new NetlinkConnection(protocol, fd, journal);
    } catch (error) {
      closeSync(fd);
      throw error;
    }
  }

  /**
   * In their order. Those after one that failed are tried all the same.
   *
   * @throws NetlinkError of the first that failed; SyscallError
   */
  request(messages: readonly NetlinkMessage[]): void {
    for (let at = 0; at < messages.length; at += MOST_AT_ONCE) this.#request(messages.slice(at, at + MOST_AT_ONCE));
  }

  /**
   * Of nf_tables: all of them, or none.
   *
   * @throws NetlinkError of the first that failed; SyscallError
   */
  batch(messages: readonly NetlinkMessage[]): void {
    if (messages.length === 0) return;
    const [begin, end] = [
      batchMark('NFNL_MSG_BATCH_BEGIN', NFNL_MSG_BATCH_BEGIN),
      batchMark('NFNL_MSG_BATCH_END', NFNL_MSG_BATCH_END),
    ];
    setSocketOption(this.#fd, 'SO_RCVBUF', 1024 * (messages.length + 2));
    this.#send([begin, ...messages, end], { marks: 1 });
  }

  /**
   * @param message a GET
   * @returns what it is answered with, in the kernel's order
   * @throws NetlinkError, SyscallError
   */
  dump(message: NetlinkMessage): ParsedMessage[] {
    for (let tries = 1; ; tries += 1) {
      const answers = this.#dump(message);
      // What was listed changed meanwhile.
      if (tries === DUMP_TRIES || answers.every(({ flags }) => (flags & NLM_F_DUMP_INTR) === 0)) return answers;
    }
  }

  /** One question that has one answer: a GET without NLM_F_DUMP. @throws NetlinkError, SyscallError */
  get(message: NetlinkMessage): ParsedMessage | undefined {
    const sequence = this.#next();
    const print = () => formatMessage(message);
    sendMessage(this.#fd, encodeMessage(message, sequence), print);
    const [answer] = this.#receive();
    if (answer?.type === NLMSG_ERROR) this.#check(answer, message);
    return answer?.type === NLMSG_ERROR ? undefined : answer;
  }

  [Symbol.dispose](): void {
    closeSync(this.#fd);
  }

  #request(messages: readonly NetlinkMessage[]): void {
    this.#send(messages, { marks: 0 });
  }

  /** @param marks how many at either end are not acknowledged */
  #send(messages: readonly NetlinkMessage[], { marks }: { readonly marks: number }): void {
    const first = this.#sequence + 1;
    const datagram = messages.map((message, index) => {
      const isMark = index < marks || index >= messages.length - marks;
      return encodeMessage(message, this.#next(), isMark ? 0 : NLM_F.NLM_F_ACK);
    });
    const print = () => messages.map(formatMessage).join(', ');
    sendMessage(this.#fd, concatenate(datagram), print);
    let failure: unknown;
    const failed = new Map<NetlinkMessage, number>();
    for (let received = this.#receive(); received.length > 0; received = this.#receive()) {
      for (const answer of received) {
        const message = messages[answer.sequence - first];
        if (answer.type !== NLMSG_ERROR || message === undefined) continue;
        try {
          this.#check(answer, message);
        } catch (error) {
          if (error instanceof NetlinkError) failed.set(message, error.errno);
          failure ??= error;
        }
      }
    }
    const said = messages.slice(marks, messages.length - marks);
    this.#journal?.push(...said.map((message) => this.#record(message, failed.get(message) ?? 0)));
    if (failure !== undefined) throw failure;
  }

  #record(message: NetlinkMessage, errno: number): PlayedCall {
    // Put into words where somebody wants them.
    const shown = {
      kind: 'constant' as const,
      value: 0,
      get text() {
        return formatMessage(message);
      },
    };
    const args = [constant(this.#protocol, 0), shown];
    return {
      call: { call: 'sendto', args, why: message.why },
      result: errno === 0 ? 0 : -errno,
      nanoseconds: undefined,
    };
  }

  #dump(message: NetlinkMessage): ParsedMessage[] {
    const sequence = this.#next();
    sendMessage(this.#fd, encodeMessage(message, sequence, NLM_F.NLM_F_DUMP), () => formatMessage(message));
    const answers: ParsedMessage[] = [];
    for (;;) {
      const received = this.#receive().filter((answer) => answer.sequence === sequence);
      if (received.length === 0) return answers;
      for (const answer of received) {
        if (answer.type === NLMSG_DONE) return answers;
        if (answer.type === NLMSG_ERROR) this.#check(answer, message);
        else answers.push({ ...answer, payload: answer.payload.slice() });
      }
    }
  }

  #receive(): ParsedMessage[] {
    const bytes = receiveMessage(this.#fd, this.#into);
    return bytes === undefined ? [] : parseMessages(bytes);
  }

  /** @throws NetlinkError */
  #check({ payload, flags }: ParsedMessage, message: NetlinkMessage): void {
    const errno = -new DataView(payload.buffer, payload.byteOffset, payload.length).getInt32(0, true);
    if (errno === 0 || message.allow?.some((name) => errnoNumber(name) === errno)) return;
    throw new NetlinkError(this.#protocol, message, { errno, words: wordsIn(payload, flags) });
  }

  #next(): number {
    this.#sequence += 1;
    return this.#sequence;
  }
}

/** netlink(7) NETLINK_EXT_ACK: what the kernel has to say of its error, behind the header of what was asked. */
function wordsIn(payload: Uint8Array, flags: number): string {
  if ((flags & NLM_F_ACK_TLVS) === 0 || (flags & NLM_F_CAPPED) === 0) return '';
  const words = parseAttributes(payload.subarray(ERROR_HEADER)).get(NLMSGERR_ATTR_MSG);
  return words === undefined ? '' : Buffer.from(words).toString('latin1').replace(/\0+$/, '');
}

function batchMark(name: string, type: number): NetlinkMessage {
  const bytes = Uint8Array.of(0, 0, 0, NFNL_SUBSYS_NFTABLES);
  const header = { bytes, text: '{nfgen_family=AF_UNSPEC, res_id=NFNL_SUBSYS_NFTABLES}' };
  return { name, type, flags: [], header, attributes: [], why: 'all of what is between, or nothing' };
}
