/** `docker-credential-<name> get`: the host on stdin, `{"Username": …, "Secret": …}` on stdout (docker-credential-helpers §Usage). */
import { spawn } from 'node:child_process';
import type { Credentials } from './credentials.ts';
import type { Environment } from './proxy.ts';
import { quote } from './redact.ts';

/** A helper may ask its user for a password; but not forever. Milliseconds. */
const patience = 60_000;
const longestAnswer = 64 * 1024;

/**
 * Never fails: a broken helper must not keep anyone from a public image. Its complaint comes back as the note of nobody, and is
 * shown where the registry then wants credentials.
 */
export async function askHelper(name: string, server: string, env: Environment): Promise<Credentials> {
  const program = `docker-credential-${name}`;
  // A name with a slash would run any file.
  if (!/^[\w.+-]+$/.test(name)) return { kind: 'anonymous', note: `${quote(program)} is no name of a helper` };
  const { status, output } = await run(program, server, env);
  if (status !== 'ok') {
    const note = `${program} ${status === '1' && output !== '' ? `says ${quote(output)}` : `failed (${status})`}`;
    return /not found in native keychain/.test(output) ? { kind: 'anonymous' } : { kind: 'anonymous', note };
  }
  const { Username: username, Secret: secret } = parseAnswer(output);
  if (typeof username !== 'string' || typeof secret !== 'string' || secret === '')
    return { kind: 'anonymous', note: `${program} gave no "Username" and "Secret"` };
  if (username === '<token>') return { kind: 'identity', token: secret, source: program };
  return { kind: 'basic', username, password: secret, source: program };
}

function parseAnswer(output: string): { Username?: unknown; Secret?: unknown } {
  try {
    return (JSON.parse(output) ?? {}) as object;
  } catch {
    return {};
  }
}

/** @returns status: `ok`, an exit code, a signal or the code of what kept it from running */
function run(program: string, server: string, env: Environment): Promise<{ status: string; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(program, ['get'], { env, stdio: ['pipe', 'pipe', 'ignore'], timeout: patience });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (output.length < longestAnswer) output += text;
    });
    // It may end without reading.
    child.stdin.on('error', () => undefined).end(server);
    child.on('error', (error: NodeJS.ErrnoException) => resolve({ status: error.code ?? error.message, output: '' }));
    child.on('close', (code, signal) => resolve({ status: code === 0 ? 'ok' : `${signal ?? code}`, output }));
  });
}
