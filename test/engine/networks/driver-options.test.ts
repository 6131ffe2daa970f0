import { expect, test } from 'vitest';
import { readDriverOptions } from '../../../src/engine/networks/driver-options.ts';

const BRIDGE = 'com.docker.network.bridge.name';
const MTU = 'com.docker.network.driver.mtu';
const read = (options: Readonly<Record<string, string>>, ipv6 = false) => readDriverOptions('net', options, { ipv6 });

test('readDriverOptions() has the MTU by its long name or the short one, and the long one counts', () => {
  expect(read({})).toEqual({});
  expect(read({ mtu: '1400' })).toEqual({ mtu: 1400 });
  expect(read({ mtu: '1400', [MTU]: '1300' })).toEqual({ mtu: 1300 });
  expect(read({ mtu: '68' })).toEqual({ mtu: 68 });
});

test('readDriverOptions() has the name of the bridge', () => {
  expect(read({ [BRIDGE]: 'br-web' })).toEqual({ bridge: 'br-web' });
});

test('readDriverOptions() lets pass what is so anyway', () => {
  expect(read({ 'com.docker.network.bridge.enable_icc': 'true' })).toEqual({});
});

test.each([
  [{ mtu: 'abc' }, false, `failed to parse ${MTU} value: abc (expected 68 to 65535)`],
  [{ mtu: '67' }, false, 'value: 67'],
  [{ mtu: '99999' }, false, 'value: 99999'],
  [{ mtu: '' }, false, 'value: '],
  [{ mtu: '1000' }, true, 'value: 1000 (expected 1280 to 65535)'],
  [{ 'com.docker.network.bridge.enable_icc': 'false' }, false, 'enable_icc=false" is not supported (expected true)'],
  [{ [BRIDGE]: 'all' }, false, '"all" is no name for an interface'],
  [{ [BRIDGE]: 'default' }, false, '"default" is no name'],
  [{ [BRIDGE]: 'br%d' }, false, '"br%d" is no name'],
  [{ [BRIDGE]: '../lo' }, false, '"../lo" is no name'],
  [{ [BRIDGE]: 'sixteen-letters-' }, false, '"sixteen-letters-" is no name'],
  [{ constructor: 'x' }, false, 'invalid option "constructor"'],
  [{ nonsense: '' }, false, 'invalid option "nonsense"'],
] as const)('readDriverOptions() refuses %j (IPv6: %s)', (options, ipv6, words) => {
  const message = expect.stringContaining(words);
  expect(() => read(options as unknown as Record<string, string>, ipv6)).toThrow(
    expect.objectContaining({ code: 'NETWORK_OPTION_INVALID', message }),
  );
});
