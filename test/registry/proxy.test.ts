import { createServer, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { parseReference } from '../../src/oci/index.ts';
import { proxyFor } from '../../src/registry/proxy.ts';
import { addHello, openClient, openRegistry } from './setup.ts';
import { writeFiles } from './setup-config.ts';

const both = { http_proxy: 'http://p:1', HTTPS_PROXY: 'http://p:2' };

test.each([
  ['https://a.example/', both, 'http://p:2/'],
  ['http://a.example/', both, 'http://p:1/'],
  ['https://a.example/', { HTTP_PROXY: 'http://p:1' }, undefined],
  ['https://a.example/', { https_proxy: 'http://low:1', HTTPS_PROXY: 'http://up:1' }, 'http://low:1/'],
  ['https://a.example/', { https_proxy: '', HTTPS_PROXY: 'http://up:1' }, 'http://up:1/'],
  ['https://a.example/', { HTTPS_PROXY: 'p:3128' }, 'http://p:3128/'],
  ['https://a.example/', { HTTPS_PROXY: 'socks5://p:1080' }, 'socks5://p:1080'],
  ['http://localhost:5000/', both, undefined],
  ['http://127.1.2.3:5000/', both, undefined],
  ['http://[::1]:5000/', both, undefined],
])('proxyFor(%s, %j) is %s', (url, env, expected) => {
  expect(proxyFor(new URL(url), env)?.href).toBe(expected);
});

test.each([
  ['*', 'https://a.example/', true],
  ['a.example', 'https://a.example/', true],
  ['A.Example', 'https://a.example/', true],
  ['example', 'https://a.example/', true],
  ['.example', 'https://a.example/', true],
  ['*.example', 'https://a.example/', true],
  ['ample', 'https://a.example/', false],
  ['b.example, a.example', 'https://a.example/', true],
  ['a.example:443', 'https://a.example/', true],
  ['a.example:444', 'https://a.example/', false],
  ['a.example:444', 'https://a.example:444/', true],
  ['10.1.2.3', 'https://10.1.2.3/', true],
  ['2.3', 'https://10.1.2.3/', false],
  ['10.0.0.0/8', 'https://10.1.2.3/', true],
  ['10.0.0.0/16', 'https://10.1.2.3/', false],
  ['10.0.0.0/99', 'https://10.1.2.3/', false],
  ['fd00::/8', 'https://[fd00::5]/', true],
  ['[fd00::5]', 'https://[fd00::5]/', true],
  ['fd00::5', 'https://[fd00::5]/', true],
  ['', 'https://a.example/', false],
])('NO_PROXY="%s" exempts %s: %s', (no_proxy, url, exempt) => {
  expect(proxyFor(new URL(url), { ...both, no_proxy }) === undefined).toBe(exempt);
});

test('a proxy that is none is told by its variable, not by its value', () => {
  const find = () => proxyFor(new URL('https://a.example/'), { HTTPS_PROXY: 'ftp://user:secret@p' });
  expect(find).toThrow(/HTTPS_PROXY/);
  expect(find).not.toThrow(/secret/);
});

/** A proxy that sends every request for whatever host to one port of loopback. */
async function openProxy(port: number) {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url} ${request.headers['proxy-authorization']}`);
    const { pathname } = new URL(request.url ?? '');
    const { method, headers } = request;
    httpRequest({ port, path: pathname, method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    }).end();
  });
  server.on('connect', (request, client) => {
    seen.push(`CONNECT ${request.url} ${request.headers['proxy-authorization']}`);
    const upstream = connect(port, '127.0.0.1', () => client.write('HTTP/1.1 200 OK\r\n\r\n'));
    client.on('error', () => upstream.destroy()).pipe(upstream);
    upstream.on('error', () => client.destroy()).pipe(client);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { seen, port: (server.address() as { port: number }).port };
}

test('a registry far away is asked through the proxy, plain HTTP without CONNECT', async () => {
  const registry = await openRegistry();
  const { descriptor } = await addHello(registry);
  const proxy = await openProxy(Number(registry.host.split(':')[1]));
  const directory = await writeFiles({ 'r.conf': '[[registry]]\nlocation = "far.example"\ninsecure = true\n' });
  const proxyUrl = `http://user:pass@127.0.0.1:${proxy.port}`;
  const client = openClient({
    registriesConf: `${directory}/r.conf`,
    env: { http_proxy: proxyUrl, https_proxy: proxyUrl },
  });
  const { digest } = await client.resolve(parseReference('far.example/library/hello'));
  expect(digest).toBe(descriptor.digest);
  const basic = `Basic ${Buffer.from('user:pass').toString('base64')}`;
  expect(proxy.seen).toEqual([
    `CONNECT far.example:443 ${basic}`,
    `GET http://far.example/v2/ ${basic}`,
    `HEAD http://far.example/v2/library/hello/manifests/latest ${basic}`,
  ]);
});

test('a proxy that refuses is named, without its password', async () => {
  const server = createServer().on('connect', (_, socket) => socket.end('HTTP/1.1 403 Forbidden\r\n\r\n'));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => void server.close());
  const { port } = server.address() as { port: number };
  const client = openClient({ env: { HTTPS_PROXY: `http://user:secret@127.0.0.1:${port}` } });
  await expect(client.resolve(parseReference('far.example/a/b'))).rejects.toMatchObject({
    code: 'REGISTRY_UNREACHABLE',
    message: `cannot reach registry "far.example" through proxy http://127.0.0.1:${port}: the proxy answered 403 to CONNECT (expected an answer to HEAD https://far.example/v2/a/b/manifests/latest)`,
  });
});
