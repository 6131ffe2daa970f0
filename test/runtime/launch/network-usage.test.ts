import { expect, test } from 'vitest';
import { networkUsageIn } from '../../../src/runtime/launch/network-usage.ts';

const dev = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo: 9999      12    0    0    0     0          0         0     9999      12    0    0    0     0       0          0
  eth0: 1296      16    0    0    0     0          0         0      846      11    0    0    0     0       0          0
  eth1:4         1    0    0    0     0          0         0      5       1    0    0    0     0       0          0
`;

test('networkUsageIn() adds up the bytes of all interfaces but the loopback', () => {
  expect(networkUsageIn(dev)).toEqual({ received: 1300, sent: 851 });
});
