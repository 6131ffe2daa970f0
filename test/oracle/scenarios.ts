/** Commands that build on one another, asked of both engines in turn; what they print and how they end is the same. */
export interface Scenario {
  readonly title: string;
  /** Words divided at blanks; a script in quotes is one word. */
  readonly commands: readonly string[];
}

export const scenarios: readonly Scenario[] = [
  {
    title: 'volumes by name: made, listed, inspected, used, kept while used, removed',
    commands: [
      'volume create first',
      'volume create first',
      'volume create --label k=v second',
      'volume ls',
      'volume ls -q',
      'volume ls -q --filter label=k',
      'volume ls -q --filter name=fir',
      'volume ls --format "{{.Driver}} {{.Name}} {{.Scope}} {{.Labels}}"',
      'volume inspect first second',
      'volume inspect --format "{{.Name}} {{.Labels}}" second',
      'volume inspect nope',
      'run --name user -v first:/x alpine touch /x/a',
      'run --rm -v first:/y:ro alpine ls /y',
      'run --rm -v first:/y:ro alpine touch /y/b',
      'volume ls -q --filter dangling=true',
      'volume rm first',
      'rm user',
      'volume rm first second',
      'volume rm nope',
      'volume rm --force nope',
      'volume ls',
    ],
  },
  {
    title: 'names that no volume may have',
    commands: ['volume create a/b', 'volume create a', 'volume create -- -ab', 'volume create "a b"', 'volume ls -q'],
  },
  {
    title: "an empty volume takes the image's content, owner and mode; one with content keeps its own",
    commands: [
      'run --rm -v copied:/etc/apk alpine ls /etc/apk',
      'run --rm -v copied:/data alpine sh -c "cd /data && find . -type f | sort | xargs md5sum"',
      'run --rm -v copied:/data alpine sh -c "rm -r /data/* && echo >/data/own"',
      'run --rm -v copied:/etc/apk alpine ls /etc/apk',
      'run --rm -v sticky:/tmp alpine stat -c %a /tmp',
      'run --rm -v none:/etc/apk:nocopy alpine ls -A /etc/apk',
      'run --rm --mount type=volume,src=none,dst=/etc/apk alpine ls /etc/apk',
      'run --rm -v owned:/var/empty alpine stat -c "%a %u:%g" /var/empty',
      'volume rm copied sticky none owned',
    ],
  },
  {
    title: 'volumes without a name go with their container, but for those that are kept',
    commands: [
      'run --rm -v /srv alpine touch /srv/x',
      'volume ls -q',
      'run --name kept -v /srv alpine touch /srv/x',
      'volume ls -q --filter dangling=true',
      'rm kept',
      'volume ls -q --filter dangling=true',
      'volume prune --force',
      'run --name gone -v /srv alpine touch /srv/x',
      'rm --volumes gone',
      'volume ls -q',
      'volume create named',
      'volume prune --force',
      'volume ls -q',
      'volume prune --all --force',
      'volume ls -q',
    ],
  },
  {
    title: 'volumes of another container, and parts of a volume',
    commands: [
      'run --name giver -v given:/g -v TMP/shared:/s:ro --tmpfs /t alpine sh -c "mkdir -p /g/sub && touch /g/sub/x && ln -s /etc /g/out"',
      'run --rm --volumes-from giver alpine sh -c "ls /g; touch /s/x; ls -d /t"',
      'run --rm --volumes-from giver:ro alpine touch /g/y',
      'run --rm --volumes-from giver:zz alpine true',
      'run --rm --mount type=volume,src=given,dst=/p,volume-subpath=sub alpine ls /p',
      'run --rm --mount type=volume,src=given,dst=/p,volume-subpath=out alpine ls /p',
      'rm giver',
      'volume rm given',
    ],
  },
  {
    title: 'what a memory limit ended is told',
    commands: [
      'run --name bomb -m 16m alpine tail /dev/zero',
      'inspect --format "{{.State.OOMKilled}} {{.State.ExitCode}} {{.State.Status}}" bomb',
      'rm bomb',
      'run --name survivor -m 16m alpine sh -c "tail /dev/zero; sleep 0.2; exit 0"',
      'inspect --format "{{.State.OOMKilled}} {{.State.ExitCode}}" survivor',
      'rm survivor',
      'run --name calm -m 16m alpine sh -c "exit 137"',
      'inspect --format "{{.State.OOMKilled}} {{.State.ExitCode}}" calm',
      'rm calm',
    ],
  },
];

/** `a "b c"` → [`a`, `b c`]. */
export function wordsOf(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');
}

/** Output without what differs between any two runs. */
export function withoutIdentity(output: string): string {
  return output
    .replace(/\b[0-9a-f]{64}\b/g, 'ID')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)/g, 'TIME')
    .replace(/"\/[^"\s]+\/volumes\//g, '"ROOT/volumes/')
    .replace(/Total reclaimed space: .*/, 'Total reclaimed space: SIZE');
}
