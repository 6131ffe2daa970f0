import { expect, test } from 'vitest';
import { formatPorts } from '../../../src/cli/format/ports.ts';
import { askPorts } from '../../../src/engine/networks/ports/ask-ports.ts';
import { parsePublish } from '../../../src/engine/networks/ports/parse-publish.ts';
import { portsToPublish } from '../../../src/engine/networks/ports/port-mapping.ts';

const mapping = (hostIP: string, hostPort: number, containerPort: number, more: object = {}) => ({
  hostIP,
  hostPort,
  containerPort,
  protocol: 'tcp',
  ...more,
});

test.each([
  ['80', [mapping('', 0, 80)]],
  ['8080:80', [mapping('', 8080, 80)]],
  ['8080:80/udp', [mapping('', 8080, 80, { protocol: 'udp' })]],
  ['8080:80/TCP', [mapping('', 8080, 80)]],
  ['127.0.0.1:8080:80', [mapping('127.0.0.1', 8080, 80)]],
  ['127.0.0.1::80', [mapping('127.0.0.1', 0, 80)]],
  ['[::1]:8080:80', [mapping('::1', 8080, 80)]],
  ['[2001:DB8::1]:8080:80', [mapping('2001:db8::1', 8080, 80)]],
  [':80', [mapping('', 0, 80)]],
  ['0:80', [mapping('', 0, 80)]],
  ['8000-8001:80-81', [mapping('', 8000, 80), mapping('', 8001, 81)]],
  ['8000-8010:80', [mapping('', 8000, 80, { hostPortEnd: 8010 })]],
  ['70-71', [mapping('', 0, 70), mapping('', 0, 71)]],
  ['target=80,published=8080,protocol=udp', [mapping('', 8080, 80, { protocol: 'udp' })]],
])('parsePublish() reads "%s"', (text, expected) => expect(parsePublish([text])).toEqual(expected));

test.each([
  ['', 'no port specified'],
  ['8080:', 'no port specified'],
  ['x:80', 'invalid hostPort: x'],
  ['80:x', 'invalid containerPort: x'],
  ['80:0', 'invalid containerPort: 0'],
  ['80:65536', 'invalid containerPort: 65536'],
  ['65536:80', 'invalid hostPort: 65536'],
  ['8000-8002:80-81', 'invalid ranges specified'],
  ['81-80:80', 'invalid hostPort: 81-80'],
  ['80/icmp', 'invalid proto: icmp'],
  ['host:80:80', 'invalid IP address: host'],
  ['1.2.3:80:80', 'invalid IP address: 1.2.3'],
  ['target=80,colour=red', 'it has an unknown key "colour"'],
])('parsePublish() refuses "%s"', (text, message) => expect(() => parsePublish([text])).toThrow(message));

test('parsePublish() has each port of the host once', () => {
  expect(() => parsePublish(['8080:80', '8080:81'])).toThrow('port is already allocated');
  expect(() => parsePublish(['127.0.0.1:8080:80', '8080:81'])).toThrow('port is already allocated');
  expect(parsePublish(['127.0.0.1:8080:80', '127.0.0.2:8080:80', '8080:80/udp'])).toHaveLength(3);
  expect(parsePublish(['8080:80', '8080:80'])).toHaveLength(1);
});

test('askPorts() knows those of the image, of --expose and of -p', () => {
  const asked = askPorts(
    { ExposedPorts: { '80/tcp': {}, nonsense: {} } },
    { expose: ['53/udp'], publish: ['8080:81'], publishAll: true },
    'bridge',
  );
  expect(asked.exposedPorts).toEqual(['80/tcp', '53/udp', '81/tcp']);
  expect(portsToPublish(asked)).toEqual([
    mapping('', 8080, 81),
    mapping('', 0, 80),
    mapping('', 0, 53, { protocol: 'udp' }),
  ]);
  expect(() => askPorts({}, { publish: ['80:80'] }, 'container:f00')).toThrow('conflicting options: port publishing');
});

test('formatPorts() joins neighbours, and shows what is only exposed last', () => {
  const port = (hostIP: string, hostPort: number, containerPort: number) =>
    ({ hostIP, hostPort, containerPort, protocol: 'tcp' }) as const;
  const ports = [port('0.0.0.0', 8001, 81), port('0.0.0.0', 8000, 80), port('::', 8000, 80), port('0.0.0.0', 9000, 82)];
  const container = { ports, exposedPorts: ['80/tcp', '443/tcp', '444/tcp', '53/udp'], status: 'running' };
  expect(formatPorts(container as never)).toBe(
    '0.0.0.0:8000-8001->80-81/tcp, 0.0.0.0:9000->82/tcp, [::]:8000->80/tcp, 443-444/tcp, 53/udp',
  );
  expect(formatPorts({ ...container, status: 'exited' } as never)).toBe('');
});
