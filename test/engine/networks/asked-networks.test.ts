import { expect, test } from 'vitest';
import { readAskedNetworks } from '../../../src/engine/networks/asked-networks.ts';

const read = (options: Parameters<typeof readAskedNetworks>[0]) => readAskedNetworks(options, 'bridge');

test.each([
  [{}, 'bridge', [{ name: 'bridge', aliases: [] }]],
  [{ network: 'default' }, 'bridge', [{ name: 'bridge', aliases: [] }]],
  [{ network: ['none'] }, 'none', []],
  [{ network: 'host' }, 'host', []],
  [{ network: 'container:web' }, 'container:web', []],
  [
    { network: ['a', 'b'] },
    'a',
    [
      { name: 'a', aliases: [] },
      { name: 'b', aliases: [] },
    ],
  ],
  [
    { network: 'name=a,alias=x,alias=y,ip=10.0.0.5,mac-address=02-AA-00-00-00-01' },
    'a',
    [{ name: 'a', aliases: ['x', 'y'], ip: '10.0.0.5', mac: '02:aa:00:00:00:01' }],
  ],
  [
    { network: 'a', networkAliases: ['x'], ip: '10.0.0.5', ip6: 'fd00::5', macAddress: '02:00:00:00:00:01' },
    'a',
    [{ name: 'a', aliases: ['x'], ip: '10.0.0.5', ip6: 'fd00::5', mac: '02:00:00:00:00:01' }],
  ],
])('readAskedNetworks() reads %j', (options, mode, networks) => expect(read(options)).toEqual({ mode, networks }));

test.each([
  [{ network: ['host', 'a'] }, 'cannot attach both user-defined and non-user-defined network-modes'],
  [{ network: ['a', 'none'] }, 'cannot attach both user-defined and non-user-defined network-modes'],
  [{ network: ['a', 'a'] }, 'network "a" is specified multiple times'],
  [{ network: 'none', ip: '10.0.0.5' }, 'conflicting options'],
  [{ ip: '10.0.0.5' }, 'supported on user defined networks only'],
  [{ networkAliases: ['x'] }, 'supported only for containers in user defined networks'],
  [{ network: 'a', ip: 'x' }, 'it is no IP address'],
  [{ network: 'name=a,speed=fast' }, 'invalid field key speed'],
  [{ network: 'alias=x' }, 'network name/id is not specified'],
  [{ network: 'a', macAddress: '02:00' }, 'is not a valid mac address'],
  [{ network: 'a', macAddress: '01:00:00:00:00:01' }, 'it is the address of a group'],
])('readAskedNetworks() refuses %j', (options, message) => expect(() => read(options)).toThrow(message));
