/** Names of containers: given ones are checked as docker checks them, others are made up (`brave_turing`). */
import { GockerError } from '../../errors/index.ts';
import { randomNumber } from './random.ts';

const adjectives =
  'able amber ample bold brave brisk calm candid clever cosy daring deft eager fair fleet fond frank gentle glad golden grand happy hardy honest humble jolly keen kind lively loyal lucid lucky mellow merry modest neat nimble noble patient placid plucky polite proud quick quiet rapid ready serene sharp shrewd silent sincere sleek smart snug sober steady stoic sunny swift tidy tender trusty upbeat vivid warm wise witty zesty'.split(
    ' ',
  );
const surnames =
  'abel adleman agnesi allen archimedes babbage banach bernoulli bohr boole borg cantor cauchy cerf church clarke codd cray curie daemen dahl diffie dijkstra easley einstein elion engelbart erdos euclid euler faraday fermat feynman floyd franklin galois gauss germain godel goldwasser goodall hamilton hawking hellman hilbert hoare hopper hypatia iverson jepsen johnson kahn karp kay kepler kernighan kleene knuth kolmogorov lamarr lamport leibniz liskov lovelace mccarthy meitner mendel milner mirzakhani moore naur newton noether pascal perlman planck poincare postel ramanujan riemann ritchie rivest shamir shannon tanenbaum tarjan tesla thompson torvalds turing vaughan wiles wilkes wirth wozniak yao yonath'.split(
    ' ',
  );

/** `adjective_surname`; from the third try on with a number, so that a full house still gives a free name. */
export function makeUpName(attempt: number): string {
  const name = `${adjectives[randomNumber(adjectives.length)]}_${surnames[randomNumber(surnames.length)]}`;
  return attempt < 2 ? name : `${name}${randomNumber(10 ** (attempt - 1))}`;
}

/** @throws GockerError `NAME_INVALID` */
export function checkContainerName(name: string): string {
  if (/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(name) && name.length <= 255) return name;
  throw new GockerError(
    'NAME_INVALID',
    `cannot name a container ${JSON.stringify(name)}: invalid name (expected [a-zA-Z0-9][a-zA-Z0-9_.-]+, 255 at most)`,
  );
}
