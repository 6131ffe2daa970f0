/** Classic BPF as the kernel runs it for seccomp: what a filter returns for a call, and how many instructions that took. */

export interface Call {
  readonly number: number;
  /** AUDIT_ARCH_*. */
  readonly audit: number;
  readonly args?: readonly bigint[];
}

export function interpret(filter: Uint8Array, call: Call): { readonly value: number; readonly steps: number } {
  const code = new DataView(filter.buffer, filter.byteOffset, filter.byteLength);
  const data = seccompData(call);
  let accumulator = 0;
  let at = 0;
  for (let steps = 1; steps <= 4096; steps++) {
    if (at * 8 >= code.byteLength) throw new Error('the filter runs past its end');
    const opcode = code.getUint16(at * 8, true);
    const [yes, no] = [code.getUint8(at * 8 + 2), code.getUint8(at * 8 + 3)];
    const constant = code.getUint32(at * 8 + 4, true);
    const jump = (condition: boolean) => {
      at += 1 + (condition ? yes : no);
    };
    if (opcode === 0x20) {
      if (constant % 4 !== 0) throw new Error(`a load from ${constant}, which the kernel refuses`);
      accumulator = data.getUint32(constant, true);
      at++;
    } else if (opcode === 0x54) {
      accumulator = (accumulator & constant) >>> 0;
      at++;
    } else if (opcode === 0x05) at += 1 + constant;
    else if (opcode === 0x06) return { value: constant, steps };
    else if (opcode === 0x15) jump(accumulator === constant);
    else if (opcode === 0x25) jump(accumulator > constant);
    else if (opcode === 0x35) jump(accumulator >= constant);
    else if (opcode === 0x45) jump((accumulator & constant) !== 0);
    else throw new Error(`opcode 0x${opcode.toString(16)} is none that the kernel follows for its bitmap`);
  }
  throw new Error('the filter does not end');
}

/** `struct seccomp_data`, linux/seccomp.h. */
function seccompData({ number, audit, args = [] }: Call): DataView {
  const data = new DataView(new ArrayBuffer(64));
  data.setUint32(0, number, true);
  data.setUint32(4, audit, true);
  for (const [index, value] of args.entries()) data.setBigUint64(16 + 8 * index, value, true);
  return data;
}
