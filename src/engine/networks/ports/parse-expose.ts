/** What docker takes after --expose, which is what EXPOSE takes in a Dockerfile. */
import { exposedPorts } from '../../commit/exposed-ports.ts';
import { optionError } from '../../options/option-error.ts';

/** `80/tcp`, each of a range. @throws GockerError `PORT_INVALID` */
export function parseExpose(texts: readonly string[]): readonly string[] {
  return texts.flatMap((text) => {
    const ports = exposedPorts(text.replace(/\/$/, ''));
    if (ports !== undefined) return ports;
    const is = text.includes(':') ? 'invalid port format for --expose' : 'invalid range format for --expose';
    throw optionError({
      code: 'PORT_INVALID',
      flag: '--expose',
      value: text,
      is: `${is}: it is no port and no range of ports`,
      expected: 'such as 80, 53/udp or 8000-8010',
      hint: 'Where it is to be reached from outside is said with -p: -p 8080:80.',
    });
  });
}
