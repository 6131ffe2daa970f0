/** Columns of ps(1) by the names that its `-o` has for them, with its titles and its way to write things. Pure. */
import type { ProcessFacts } from './process-facts.ts';

/** Of the machine, at one moment. */
export interface MachineFacts {
  /** Seconds since 1970. */
  readonly now: number;
  readonly booted: number;
  readonly memoryBytes: number;
  readonly userName: (uid: number) => string;
  readonly groupName: (gid: number) => string;
}

interface Column {
  readonly title: string;
  readonly show: (process: ProcessFacts, machine: MachineFacts) => string;
}

const DAY = 86_400;
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const own: Readonly<Record<string, Column>> = {
  pid: { title: 'PID', show: ({ pid }) => `${pid}` },
  ppid: { title: 'PPID', show: ({ parent }) => `${parent}` },
  pgid: { title: 'PGID', show: ({ group }) => `${group}` },
  sid: { title: 'SID', show: ({ session }) => `${session}` },
  user: { title: 'USER', show: ({ uid }, { userName }) => userName(uid) },
  uid: { title: 'UID', show: ({ uid }) => `${uid}` },
  group: { title: 'GROUP', show: ({ gid }, { groupName }) => groupName(gid) },
  gid: { title: 'GID', show: ({ gid }) => `${gid}` },
  comm: { title: 'COMMAND', show: (process) => process.name + defunct(process) },
  args: { title: 'COMMAND', show: commandOf },
  c: { title: 'C', show: (process, machine) => `${Math.floor(Math.min(99, usage(process, machine)))}` },
  pcpu: { title: '%CPU', show: (process, machine) => tenths(usage(process, machine)) },
  pmem: { title: '%MEM', show: ({ resident }, { memoryBytes }) => tenths((100 * resident) / memoryBytes) },
  vsz: { title: 'VSZ', show: ({ virtual }) => `${virtual / 1024}` },
  rss: { title: 'RSS', show: ({ resident }) => `${resident / 1024}` },
  tty: { title: 'TT', show: ({ terminal }) => terminalName(terminal) },
  stat: { title: 'STAT', show: stateOf },
  s: { title: 'S', show: ({ state }) => state },
  stime: { title: 'STIME', show: (process, machine) => startOf(process, machine) },
  time: { title: 'TIME', show: ({ cpu }) => clock(Math.floor(cpu)) },
  bsdtime: { title: 'TIME', show: ({ cpu }) => `${Math.floor(cpu / 60)}:${two(cpu % 60)}` },
  etime: { title: 'ELAPSED', show: (process, machine) => elapsedText(Math.floor(elapsed(process, machine))) },
  etimes: { title: 'ELAPSED', show: (process, machine) => `${Math.floor(elapsed(process, machine))}` },
  ni: { title: 'NI', show: ({ nice }) => `${nice}` },
  pri: { title: 'PRI', show: ({ priority }) => `${39 - priority}` },
  nlwp: { title: 'NLWP', show: ({ threads }) => `${threads}` },
};

/** ps(1) §"STANDARD FORMAT SPECIFIERS" has several names for most; some change the title. */
const others: Readonly<Record<string, readonly [of: string, title?: string]>> = {
  uname: ['user'],
  euser: ['user', 'EUSER'],
  euid: ['uid', 'EUID'],
  egroup: ['group', 'EGROUP'],
  egid: ['gid', 'EGID'],
  pgrp: ['pgid', 'PGRP'],
  sess: ['sid', 'SESS'],
  session: ['sid', 'SESS'],
  ucmd: ['comm', 'CMD'],
  ucomm: ['comm'],
  command: ['args'],
  cmd: ['args', 'CMD'],
  '%cpu': ['pcpu'],
  '%mem': ['pmem'],
  vsize: ['vsz'],
  rsz: ['rss', 'RSZ'],
  rssize: ['rss'],
  tt: ['tty'],
  tname: ['tty', 'TTY'],
  state: ['s'],
  start: ['stime', 'START'],
  start_time: ['stime', 'START'],
  cputime: ['time'],
  nice: ['ni'],
  thcount: ['nlwp', 'THCNT'],
};

export const columns: Readonly<Record<string, Column>> = {
  ...own,
  ...Object.fromEntries(
    Object.entries(others).flatMap(([name, [of, title]]) => {
      const column = own[of];
      return column === undefined ? [] : [[name, title === undefined ? column : { ...column, title }]];
    }),
  ),
};

export const columnNames: readonly string[] = Object.keys(own);

function commandOf(process: ProcessFacts): string {
  const { args, name } = process;
  return args.length === 0 ? `[${name}]${defunct(process)}` : args.join(' ');
}

function defunct({ state }: ProcessFacts): string {
  return state === 'Z' ? ' <defunct>' : '';
}

/** ps(1) §"PROCESS STATE CODES". */
function stateOf({ state, nice, locked, session, pid, threads, group, foregroundGroup }: ProcessFacts): string {
  const marks = [
    nice < 0 ? '<' : nice > 0 ? 'N' : '',
    locked > 0 ? 'L' : '',
    session === pid ? 's' : '',
    threads > 1 ? 'l' : '',
    foregroundGroup === group ? '+' : '',
  ];
  return state + marks.join('');
}

/** devices.txt: 136 to 143 are the terminals of devpts, 4 the consoles. */
function terminalName(device: number): string {
  if (device === 0) return '?';
  const major = (device >> 8) & 0xfff;
  const minor = (device & 0xff) | ((device >> 12) & 0xfff00);
  if (major >= 136 && major <= 143) return `pts/${(major - 136) * 256 + minor}`;
  if (major === 4) return minor < 64 ? `tty${minor}` : `ttyS${minor - 64}`;
  return major === 5 && minor === 1 ? 'console' : '?';
}

function elapsed({ started }: ProcessFacts, { now, booted }: MachineFacts): number {
  return Math.max(0, now - booted - started);
}

/** Percent of one CPU, over its life. */
function usage(process: ProcessFacts, machine: MachineFacts): number {
  const seconds = elapsed(process, machine);
  return seconds === 0 ? 0 : (100 * process.cpu) / seconds;
}

/** The time of day for one of today, the day for one of this year, else the year. */
function startOf({ started }: ProcessFacts, { now, booted }: MachineFacts): string {
  const [then, today] = [new Date((booted + started) * 1000), new Date(now * 1000)];
  if (then.getFullYear() !== today.getFullYear()) return `${then.getFullYear()}`;
  if (then.toDateString() !== today.toDateString()) return `${months[then.getMonth()]}${two(then.getDate())}`;
  return `${two(then.getHours())}:${two(then.getMinutes())}`;
}

/** `[DD-]HH:MM:SS` */
function clock(seconds: number): string {
  const days = Math.floor(seconds / DAY);
  const rest = [Math.floor((seconds % DAY) / 3600), Math.floor((seconds % 3600) / 60), seconds % 60].map(two).join(':');
  return days === 0 ? rest : `${two(days)}-${rest}`;
}

/** `[[DD-]HH:]MM:SS` */
function elapsedText(seconds: number): string {
  return seconds < 3600 ? clock(seconds).slice(3) : clock(seconds);
}

function tenths(number: number): string {
  return (Math.floor(number * 10) / 10).toFixed(1);
}

function two(number: number): string {
  return `${Math.floor(number)}`.padStart(2, '0');
}
