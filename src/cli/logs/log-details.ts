/** `logs --details`: the container's labels and variables that `--log-opt labels=a,b` and `env=C` name. */
import type { Engine } from '../../engine/index.ts';

interface Details {
  readonly Config: { readonly Labels: Readonly<Record<string, string>>; readonly Env: readonly string[] };
  readonly HostConfig: { readonly LogConfig: { readonly Config: Readonly<Record<string, string>> } };
}

/** `C=1,a=2`, by name; nothing where none is named or there. */
export async function logDetails(engine: Engine, container: string): Promise<string> {
  const { Config, HostConfig } = (await engine.inspectContainer(container)) as unknown as Details;
  const { labels = '', env = '' } = HostConfig.LogConfig.Config;
  const variables = Object.fromEntries(
    Config.Env.map((text) => [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)]),
  );
  const found = [...named(labels, Config.Labels), ...named(env, variables)];
  return found.sort().join(',');
}

function named(names: string, values: Readonly<Record<string, string>>): string[] {
  return names.split(',').flatMap((name) => (name in values ? [`${name}=${values[name]}`] : []));
}
