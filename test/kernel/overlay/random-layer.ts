/** Layers made of what gets into each other's way, by numbers that are the same for a seed. */
import type { RawEntry } from '../../overlay/raw-tar.ts';

/** Numbers that are the same for a seed: a failure can be tried again. */
export function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    // Numerical Recipes' linear congruential generator.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const names = ['a', 'b', 'c'];

/** Entries that get into each other's way: few names, all types, whiteouts, with and without their parents. */
export function randomLayer(random: (below: number) => number): RawEntry[] {
  const path = () => Array.from({ length: 1 + random(3) }, () => names[random(names.length)]).join('/');
  const parent = (name: string) => (name.includes('/') ? `${name.slice(0, name.lastIndexOf('/'))}/` : '');
  const last = (name: string) => name.slice(name.lastIndexOf('/') + 1);
  // No setgid directories: in umoci's tree the directories that no tar names inherit their group, in ours nobody's.
  const metadata = () => ({ mode: random(0o10000) & ~0o2000, uid: random(3), gid: random(3), mtime: 1 + random(1e9) });
  return Array.from({ length: 2 + random(8) }, (): RawEntry => {
    const name = path();
    switch (random(9)) {
      case 0:
      case 1:
      case 2:
        return { name, type: '5', ...metadata() };
      case 3:
      case 4:
        return { name, content: `${name}${random(100)}`, ...metadata() };
      case 5:
        return { name, type: '2', linkname: ['b', '/a', '../c', 'nowhere', '..'][random(5)] ?? '', mtime: random(1e9) };
      case 6:
        return { name: `${parent(name)}.wh.${last(name)}` };
      case 7:
        return { name: `${parent(name)}.wh..wh..opq` };
      default:
        return { name, type: '6', ...metadata() };
    }
  });
}
