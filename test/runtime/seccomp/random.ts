/** Numbers that look random and come again: a linear congruential generator. @returns a function that gives 0 … below − 1 */
export function random(seed: number): (below: number) => number {
  let state = (seed + 1) >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
