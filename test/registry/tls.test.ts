import { type AddressInfo, connect, createServer } from 'node:net';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { parseReference } from '../../src/oci/index.ts';
import { hasOpenssl, issueCertificate, type TestCertificate } from '../support/tls.ts';
import { addHello, openClient, openRegistry } from './setup.ts';
import { writeFiles } from './setup-config.ts';

if (!hasOpenssl) console.warn('skipped: openssl is not installed');

/** Passes TLS on to another port, and answers all else with 400. */
async function openGoLikePort(target: number): Promise<number> {
  const server = createServer((socket) => {
    socket
      .on('error', () => undefined)
      .once('data', (first) => {
        // RFC 8446 §5.1: a record of type handshake begins with 22.
        if (first[0] !== 22) {
          socket.end('HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n');
          return;
        }
        const upstream = connect(target, '127.0.0.1').on('error', () => socket.destroy());
        upstream.write(first);
        socket.pipe(upstream).pipe(socket);
      });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

describe.skipIf(!hasOpenssl)('TLS', () => {
  let good: TestCertificate;
  beforeAll(() => {
    good = issueCertificate();
  });

  /** A registry over TLS, and a registries.conf that wants its certificate checked although it is on loopback. */
  async function openVerified(tls = good) {
    const registry = await openRegistry({ tls });
    const { reference } = await addHello(registry);
    const conf = await writeFiles({ 'r.conf': `[[registry]]\nlocation = "${registry.host}"\ninsecure = false\n` });
    return { registry, reference, registriesConf: `${conf}/r.conf` };
  }

  test('a registry on loopback that speaks TLS is found to, whatever its certificate', async () => {
    const registry = await openRegistry({ tls: good });
    const { reference, descriptor } = await addHello(registry);
    expect((await openClient().resolve(reference)).digest).toBe(descriptor.digest);
  });

  test('a TLS port that answers plain HTTP with 400, as those of Go and nginx do, is found to speak TLS', async () => {
    const registry = await openRegistry({ tls: good });
    const { descriptor } = await addHello(registry);
    const port = await openGoLikePort(Number(registry.host.split(':')[1]));
    const { digest } = await openClient().resolve(parseReference(`127.0.0.1:${port}/library/hello`));
    expect(digest).toBe(descriptor.digest);
  });

  test('an authority that nobody knows is refused, with a cure', async () => {
    const { reference, registriesConf } = await openVerified();
    await expect(openClient({ registriesConf }).resolve(reference)).rejects.toMatchObject({
      code: 'REGISTRY_TLS_FAILED',
      message: expect.stringContaining('not trusted here'),
      hint: expect.stringMatching(/certs\.d.*NODE_EXTRA_CA_CERTS.*insecure/),
    });
  });

  test('a certificate that ran out is refused by that fault', async () => {
    const old = issueCertificate('IP:127.0.0.1', -1);
    const { registry, reference, registriesConf } = await openVerified(old);
    const home = await writeFiles({ [`.config/containers/certs.d/${registry.host}/ca.crt`]: old.ca });
    await expect(openClient({ registriesConf, env: { HOME: home } }).resolve(reference)).rejects.toMatchObject({
      code: 'REGISTRY_TLS_FAILED',
      message: expect.stringContaining('has expired'),
      hint: expect.stringContaining('clock'),
    });
  });

  test("certs.d names the registry's authority", async () => {
    const { registry, reference, registriesConf } = await openVerified();
    const home = await writeFiles({ [`.config/containers/certs.d/${registry.host}/ca.crt`]: good.ca });
    expect((await openClient({ registriesConf, env: { HOME: home } }).resolve(reference)).digest).toBeDefined();
  });

  test('names are checked even where the authority is known', async () => {
    const other = issueCertificate('DNS:other.example');
    const { registry, reference, registriesConf } = await openVerified(other);
    const home = await writeFiles({ [`.config/containers/certs.d/${registry.host}/ca.crt`]: other.ca });
    await expect(openClient({ registriesConf, env: { HOME: home } }).resolve(reference)).rejects.toMatchObject({
      code: 'REGISTRY_TLS_FAILED',
      message: expect.stringContaining('for other names'),
    });
  });

  test('the authorities of the system count, as they do for docker', async () => {
    const { reference, registriesConf } = await openVerified();
    const system = await writeFiles({ 'bundle.crt': good.ca });
    const client = openClient({ registriesConf, env: { SSL_CERT_FILE: `${system}/bundle.crt` } });
    // At once: all of them meet the refusal that makes the system's authorities be read.
    const resolved = await Promise.all([1, 2, 3].map(() => client.resolve(reference)));
    expect(resolved.map(({ digest }) => digest)).toHaveLength(3);
  });

  test('a client certificate without its key is told so', async () => {
    const { registry, reference, registriesConf } = await openVerified();
    const home = await writeFiles({ [`.config/containers/certs.d/${registry.host}/me.cert`]: good.cert });
    await expect(openClient({ registriesConf, env: { HOME: home } }).resolve(reference)).rejects.toMatchObject({
      code: 'CERTIFICATES_INVALID',
      message: expect.stringContaining('me.key'),
    });
  });

  test('a registry that speaks plain HTTP where TLS is wanted is told so', async () => {
    const registry = await openRegistry();
    const conf = await writeFiles({ 'r.conf': `[[registry]]\nlocation = "${registry.host}"\ninsecure = false\n` });
    const client = openClient({ registriesConf: `${conf}/r.conf` });
    await expect(client.resolve(parseReference(`${registry.host}/a/b`))).rejects.toMatchObject({
      code: 'REGISTRY_TLS_FAILED',
      hint: expect.stringContaining('insecure = true'),
    });
    expect(registry.requests).toEqual([]);
  });

  test('credentials never follow a redirect from https to http', async () => {
    const plain = await openRegistry();
    const { registry, reference, registriesConf } = await openVerified();
    registry.fault({ redirect: `${plain.origin}*` });
    const home = await writeFiles({ [`.config/containers/certs.d/${registry.host}/ca.crt`]: good.ca });
    await expect(openClient({ registriesConf, env: { HOME: home } }).resolve(reference)).rejects.toMatchObject({
      code: 'REGISTRY_REDIRECT_REFUSED',
    });
    expect(plain.requests).toEqual([]);
  });
});
