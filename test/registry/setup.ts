/** A misbehaving registry, an image in it and a client that does not wait long; all gone with the test. */
import { onTestFinished } from 'vitest';
import { type Descriptor, parseReference, type Reference } from '../../src/oci/index.ts';
import { createRegistryClient, type RegistryClientOptions, type RegistryEvent } from '../../src/registry/index.ts';
import { buildImage, buildLayer } from '../support/images/index.ts';
import { type RegistryOptions, startRegistry, type TestRegistry } from '../support/registry/index.ts';

export async function openRegistry(options?: RegistryOptions): Promise<TestRegistry> {
  const registry = await startRegistry(options);
  onTestFinished(() => registry.close());
  return registry;
}

/** Nothing of this machine's configuration counts. */
const bareEnv = { GOCKER_REGISTRIES_CONF: '/dev/null', PATH: process.env.PATH };

export function openClient(options: RegistryClientOptions = {}) {
  const events: RegistryEvent[] = [];
  const client = createRegistryClient({
    retry: { attempts: 4, baseDelayMs: 1, maxDelayMs: 4, maxRetryAfterMs: 2000 },
    timeouts: { connectMs: 2000, answerMs: 2000, stallMs: 300 },
    onEvent: (event) => events.push(event),
    ...options,
    env: { ...bareEnv, ...options.env },
  });
  onTestFinished(() => client.close());
  return Object.assign(client, { events });
}

/** `library/hello:latest`, one small layer. */
export async function addHello(registry: TestRegistry): Promise<{ reference: Reference; descriptor: Descriptor }> {
  const image = buildImage({ layers: [await buildLayer([{ name: 'hello', content: 'world' }])] });
  const descriptor = registry.addImage('library/hello', 'latest', image);
  return { reference: parseReference(`${registry.host}/library/hello`), descriptor };
}

/** Bytes of which no two stretches are alike. */
export function pattern(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at + 4 <= length; at += 4) bytes.writeUInt32LE(Math.imul(at, 2654435761) >>> 0, at);
  return bytes;
}

export async function collect(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}
