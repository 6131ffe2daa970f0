/** Our table of nf_tables, brought to what there is. */
import type { PlayedCall } from '../../../syscall/index.ts';
import { NetlinkConnection } from '../netlink/connection.ts';
import type { NetlinkMessage } from '../netlink/message.ts';
import { NetlinkError } from '../netlink/netlink-error.ts';
import {
  type NetworkRules,
  planForgetNetwork,
  planNetworks,
  planPublish,
  planUnpublish,
  type Redirection,
} from './elements.ts';
import { deleteTable, newTable } from './objects.ts';
import { planTable } from './ruleset.ts';

/** All that there is to be. */
export interface Rules {
  readonly networks: readonly NetworkRules[];
  readonly ports: readonly Redirection[];
}

/** Of the network namespace of the thread that opens it. */
export class Firewall implements Disposable {
  readonly #table: string;
  readonly #connection: NetlinkConnection;

  private constructor(table: string, connection: NetlinkConnection) {
    this.#table = table;
    this.#connection = connection;
  }

  /** @param journal takes what is changed, for `--explain` @throws SyscallError */
  static open(table: string, journal?: PlayedCall[]): Firewall {
    return new Firewall(table, NetlinkConnection.open('NETLINK_NETFILTER', { journal }));
  }

  /**
   * Adds what is new; where the table is gone (a host's firewall that began anew has flushed it), it is made again with all there is.
   *
   * @param all asked for only then, with what is new among it
   * @returns whether it was made
   * @throws NetlinkError
   */
  add(news: Rules, all: () => Rules): boolean {
    try {
      this.#connection.batch(this.#plan(news));
      return false;
    } catch (error) {
      if (!isMissing(error)) throw error;
      this.rebuild(all());
      return true;
    }
  }

  /** All of it anew, at once: no packet sees anything between. @throws NetlinkError */
  rebuild(rules: Rules): void {
    const fresh = [newTable(this.#table, 'so that it is there'), deleteTable(this.#table, 'with whatever is in it')];
    this.#connection.batch([...fresh, ...planTable(this.#table), ...this.#plan(rules)]);
  }

  /** What is gone already is as good. @throws NetlinkError */
  unpublish(ports: readonly Redirection[]): void {
    this.#withdraw(ports.map((port) => planUnpublish(this.#table, [port])));
  }

  /** What is gone already is as good. @throws NetlinkError */
  forgetNetwork(network: NetworkRules): void {
    this.#withdraw(planForgetNetwork(this.#table, network).map((message) => [message]));
  }

  /** What is gone already is as good. @throws NetlinkError */
  forgetTable(): void {
    this.#withdraw([[deleteTable(this.#table, 'there are no networks any more')]]);
  }

  [Symbol.dispose](): void {
    this.#connection[Symbol.dispose]();
  }

  #plan({ networks, ports }: Rules): NetlinkMessage[] {
    return [...planNetworks(this.#table, networks), ...planPublish(this.#table, ports)];
  }

  /** Together; one by one where one of them is missing. */
  #withdraw(groups: readonly (readonly NetlinkMessage[])[]): void {
    try {
      this.#connection.batch(groups.flat());
    } catch (error) {
      if (!isMissing(error)) throw error;
      for (const group of groups) this.#withdrawOne(group);
    }
  }

  #withdrawOne(group: readonly NetlinkMessage[]): void {
    try {
      this.#connection.batch(group);
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof NetlinkError && error.errnoName === 'ENOENT';
}
