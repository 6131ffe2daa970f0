/**
 * Names of neighbours in a container's /etc/hosts, hosts(5): docs/design/0014-names-are-lines-in-hosts.md. The file is bound into the
 * container, so that it can't be replaced, and read at any moment: a line comes by one write, and goes by one byte, which makes
 * a comment of it. The room of such a comment is used again. Writers hold the lock of the members.
 */
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';

/** `172.18.0.2	web 5e1f0a3c8b21` */
export function hostsLine(address: string, names: readonly string[]): string {
  return `${address}\t${names.join(' ')}`;
}

/** One that is there already stays. A file that is gone is no failure: so is its container. */
export function addHost(path: string, line: string): void {
  edit(path, (bytes, fd) => {
    const lines = linesOf(bytes);
    if (lines.some(({ text }) => text.trimEnd() === line)) return;
    const room = lines.find(({ text }) => isDead(text) && text.length >= line.length);
    if (room === undefined) {
      const isBroken = bytes.length > 0 && bytes.at(-1) !== NEWLINE;
      writeSync(fd, `${isBroken ? '\n' : ''}${line}\n`, bytes.length);
      return;
    }
    const filled = line.padEnd(room.text.length);
    // A comment until all of it is there.
    writeSync(fd, filled.slice(1), room.at + 1);
    writeSync(fd, filled.slice(0, 1), room.at);
  });
}

/** Idempotent. */
export function removeHost(path: string, line: string): void {
  edit(path, (bytes, fd) => {
    for (const { at, text } of linesOf(bytes)) if (text.trimEnd() === line) writeSync(fd, '#', at);
  });
}

const NEWLINE = 10;

/** What removeHost() leaves. */
function isDead(text: string): boolean {
  return /^#[0-9a-f.:]+\t/.test(text);
}

function edit(path: string, act: (bytes: Buffer, fd: number) => void): void {
  let fd: number;
  try {
    fd = openSync(path, 'r+');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  try {
    act(readFileSync(fd), fd);
  } finally {
    closeSync(fd);
  }
}

/** As Latin-1, so that places in the text are places in the file. */
function linesOf(bytes: Buffer): { readonly at: number; readonly text: string }[] {
  let at = 0;
  return bytes
    .toString('latin1')
    .split('\n')
    .map((text) => {
      const line = { at, text };
      at += text.length + 1;
      return line;
    });
}
