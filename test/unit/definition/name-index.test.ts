/** "Did you mean" among the packages of a whole suite. */
import { expect, it } from 'vitest';
import { NameIndex } from '../../../src/definition/name-index.ts';

const index = new NameIndex(['openssh-server', 'openssh-client', 'nginx', 'unix', 'afnix', 'curl', 'libcurl4t64']);

it('names first what continues the word, then what is near', () => {
  expect(index.near('openssh')).toEqual(['openssh-client', 'openssh-server']);
  expect(index.near('ngnix')).toEqual(['nginx', 'unix', 'afnix']);
  expect(index.near('crul', 1)).toEqual([]);
  expect(index.near('curk')).toEqual(['curl']);
  expect(index.near('nothing-like-it')).toEqual([]);
  expect([index.has('nginx'), index.has('ngnix')]).toEqual([true, false]);
});

it('answers for a hundred mistakes in a suite of 65,000 names in a fraction of the time that comparing all would take', () => {
  const kinds = ['dev', 'bin', 'doc', 'perl', 'python3', 'common', 'data', 'utils'];
  const word = (seed: number) => ((seed * 2_654_435_761) >>> 0).toString(36);
  const names = Array.from(
    { length: 65_000 },
    (_, at) => `${word(at)}${at % 7 ? word(at % 977) : ''}-${kinds[at % 8]}`,
  );
  const suite = new NameIndex(names);
  const before = process.cpuUsage();
  for (let at = 0; at < 100; at++) suite.near(`${names[at * 600]?.slice(0, -1)}zq`);
  const { user } = process.cpuUsage(before);
  // Comparing all takes seconds; processor time, so that other work on the machine does not count.
  expect(user / 1000).toBeLessThan(600);
});
