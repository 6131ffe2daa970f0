/** What --add-host says: `NAME:ADDRESS` or `NAME=ADDRESS`, where `host-gateway` is the host. Pure. */
import { formatAddress, parseAddress } from '../../runtime/index.ts';
import { optionError } from '../options/option-error.ts';

/**
 * @param gateway the host's address on the container's first network; undefined where it has none
 * @returns lines of hosts(5)
 * @throws GockerError `HOST_INVALID`
 */
export function extraHosts(texts: readonly string[], gateway: string | undefined): string[] {
  return texts.map((text) => {
    const [, name = '', written = ''] = /^([^:=]+)[:=](.*)$/s.exec(text) ?? [];
    const fail = (is: string, expected: string) =>
      optionError({ code: 'HOST_INVALID', flag: '--add-host', value: text, is, expected });
    if (name === '' || written === '' || /\s/.test(name))
      throw fail('bad format for add-host', 'such as db:10.1.2.3 or db=10.1.2.3');
    if (written === 'host-gateway') {
      if (gateway === undefined) throw fail('the container is on no network', 'a network, or an address');
      return `${gateway}\t${name}`;
    }
    const inside = /^\[(.+)\]$/.exec(written)?.[1] ?? written;
    const address = parseAddress(inside);
    if (address === undefined)
      throw fail(`invalid IP address in add-host: "${written}"`, 'such as 10.1.2.3, or host-gateway');
    return `${formatAddress(address)}\t${name}`;
  });
}
