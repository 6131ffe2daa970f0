/** Container starts within one Node process, the way a program uses the library; prints the seconds of each as JSON. */
const [library = '', image = '', rounds = '21'] = process.argv.slice(2);
const { openEngine } = await import(library);
const engine = openEngine();
const seconds = [];
// Warm: the compilers of the engine have seen the way a few times.
for (let round = -30; round < Number(rounds); round++) {
  const begin = process.hrtime.bigint();
  const container = await engine.run({ image, command: ['true'], network: 'none', autoRemove: true, pull: 'never' });
  const { exitCode } = await container.wait();
  if (exitCode !== 0) throw new Error(`"true" ended with exit code ${exitCode}`);
  if (round >= 0) seconds.push(Number(process.hrtime.bigint() - begin) / 1e9);
}
process.stdout.write(JSON.stringify(seconds));
