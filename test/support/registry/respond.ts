/** Writes an answer the way that the faults want it. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from './fault.ts';

/** What the registry would answer if nothing were wrong. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
  /** True where `Range` is honoured. */
  readonly ranges?: boolean;
}

export async function respond(request: IncomingMessage, response: ServerResponse, answer: Answer, fault: Fault) {
  if (fault.hang) return;
  const faulty = substitute(request, answer, fault);
  const { status, headers, body } = faulty.ranges && !fault.ignoreRange ? cutToRange(request, faulty) : faulty;
  const all: Record<string, string | undefined> = { 'content-length': `${body.length}`, ...headers, ...fault.headers };
  if (fault.chunked) all['content-length'] = undefined;
  response.writeHead(status, Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)));
  if (request.method === 'HEAD') response.end();
  else await writeBody(response, body, fault);
}

function substitute(request: IncomingMessage, answer: Answer, fault: Fault): Answer {
  if (fault.redirect !== undefined) {
    const location = fault.redirect.replace(/\*$/, request.url ?? '');
    return { status: fault.status ?? 307, headers: { location }, body: Buffer.alloc(0) };
  }
  if (fault.status !== undefined)
    return {
      status: fault.status,
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(fault.body ?? ''),
    };
  let body = fault.body === undefined ? answer.body : Buffer.from(fault.body);
  if (fault.extra !== undefined) body = Buffer.concat([body, Buffer.alloc(fault.extra, 'x')]);
  if (fault.short !== undefined) body = body.subarray(0, fault.short);
  if (fault.corruptAt !== undefined) {
    body = Buffer.from(body);
    body.writeUInt8(body.readUInt8(fault.corruptAt) ^ 1, fault.corruptAt);
  }
  return { ...answer, body };
}

function cutToRange(request: IncomingMessage, answer: Answer): Answer {
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  if (range === null) return answer;
  const total = answer.body.length;
  const first = Number(range[1]);
  const last = range[2] === '' ? total - 1 : Math.min(Number(range[2]), total - 1);
  if (first > last)
    return { status: 416, headers: { 'content-range': `bytes */${total}` }, body: Buffer.alloc(0), ranges: false };
  return {
    status: 206,
    headers: { ...answer.headers, 'content-range': `bytes ${first}-${last}/${total}` },
    body: answer.body.subarray(first, last + 1),
  };
}

async function writeBody(response: ServerResponse, body: Buffer, fault: Fault): Promise<void> {
  const cut = fault.resetAfter ?? fault.truncateAfter ?? fault.stallAfter;
  const sent = cut === undefined ? body : body.subarray(0, cut);
  response.flushHeaders();
  if (fault.drip !== undefined) {
    for (let at = 0; at < sent.length && !response.destroyed; at += fault.drip.bytes) {
      response.write(sent.subarray(at, at + fault.drip.bytes));
      await sleep(fault.drip.everyMs);
    }
  } else if (cut !== undefined && sent.length > 0) {
    await new Promise((written) => response.write(sent, written));
  }
  if (cut === undefined) {
    response.end(fault.drip === undefined ? sent : undefined);
    return;
  }
  if (fault.stallAfter !== undefined) return;
  // A reset overtakes what is still on its way: let the client read what was sent.
  await sleep(30);
  if (fault.truncateAfter !== undefined) response.socket?.end();
  else response.socket?.resetAndDestroy();
}
