/** `verify`: everything that is kept is read and hashed once more; what is bad is fetched again if that is wanted. */
import type { EngineContext } from '../context.ts';
import { checkFrozen } from '../snapshots/check.ts';
import type { VerifyFinding, VerifyOptions, VerifyReport } from '../types.ts';
import { checkBlobs, checkLayers, type Fault } from './check.ts';
import { repairFault } from './repair.ts';

/** A manifest that comes back shows what is below it: that many rounds at most, since an image is three deep. */
const MOST_ROUNDS = 4;

/** Changes nothing without `repair`. @throws the signal's reason; errors of reading that are no sign of rot */
export async function verify(context: EngineContext, options: VerifyOptions = {}): Promise<VerifyReport> {
  const repaired: VerifyFinding[] = [];
  for (let round = 1; ; round++) {
    const { checked, bytes, faults } = await check(context, options);
    const mended = options.repair === true && round < MOST_ROUNDS ? await repairAll(context, faults, options) : [];
    repaired.push(...mended);
    if (mended.length > 0) continue;
    const findings = [...repaired, ...faults.map(({ finding }) => finding)];
    return { checked, bytes, findings, sound: faults.length === 0 };
  }
}

interface Checked {
  readonly checked: number;
  readonly bytes: number;
  readonly faults: readonly Fault[];
}

async function check(context: EngineContext, options: VerifyOptions): Promise<Checked> {
  const faults: Fault[] = [];
  let checked = 0;
  let bytes = 0;
  const onBytes = (length: number) => {
    bytes += length;
  };
  const bad = new Set<string>();
  for (const part of [checkBlobs, checkLayers, checkFrozen]) {
    for await (const found of part(context, { signal: options.signal, onBytes, bad })) {
      options.signal?.throwIfAborted();
      checked += 1;
      if (found.finding.state !== 'sound') {
        faults.push(found);
        bad.add(found.finding.object);
      }
      options.onFinding?.(found.finding);
    }
  }
  return { checked, bytes, faults };
}

async function repairAll(context: EngineContext, faults: readonly Fault[], options: VerifyOptions) {
  const mended: VerifyFinding[] = [];
  for (const fault of faults) {
    options.signal?.throwIfAborted();
    const finding = await repairFault(context, fault, options);
    if (finding === undefined) continue;
    mended.push(finding);
    options.onFinding?.(finding);
  }
  return mended;
}
