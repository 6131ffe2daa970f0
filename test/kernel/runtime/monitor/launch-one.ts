/** Launches one container under a monitor and says how far it has come: for tests that kill it on the way. */
import { writeSync } from 'node:fs';
import { launchMonitored, type MonitoredLaunchOptions } from '../../../../src/runtime/index.ts';

/** As JSON in the environment. */
const options = JSON.parse(process.env.GOCKER_TEST_LAUNCH ?? '{}') as MonitoredLaunchOptions;
const container = await launchMonitored(options);
writeSync(1, `${container.monitor.pid} ${container.pid}\n`);
await container.release();
writeSync(1, 'released\n');
