import { describe, expect, it } from 'vitest';
import { allCombinations, definitionOf, factors, nameOf } from '../../../scripts/matrix/factors.ts';
import { coveringSet, pairsOf } from '../../../scripts/matrix/pairwise.ts';
import { matrixPage } from '../../../scripts/matrix/table.ts';
import { parseDefinition } from '../../../src/definition/parse.ts';

describe('the set of combinations', () => {
  const possible = allCombinations().filter(([first, , third]) => !(first === 'btrfs' && third === 'iso'));

  it('has every two values that can stand side by side, in far fewer than all', () => {
    const chosen = coveringSet(possible);
    expect(new Set(chosen.flatMap(pairsOf))).toEqual(new Set(possible.flatMap(pairsOf)));
    expect(chosen.length).toBeLessThan(possible.length / 4);
    expect(chosen.every((combination) => possible.includes(combination))).toBe(true);
  });

  it('is the same every time', () => {
    expect(coveringSet(possible)).toEqual(coveringSet(possible));
  });
});

it('each is a definition, with a name of its own', () => {
  const all = allCombinations();
  expect(all).toHaveLength(factors.reduce((product, { values }) => product * Object.keys(values).length, 1));
  expect(new Set(all.map(nameOf)).size).toBe(all.length);
  for (const combination of all) expect(parseDefinition(definitionOf(combination)).name).toBe(nameOf(combination));
});

it('the page says of each what came of it, and of what was not tried that it was not', () => {
  const [one = [], other = []] = allCombinations();
  const page = matrixPage(
    [one, other],
    new Map([[nameOf(one), { result: 'bootable', bootSeconds: 41.3, sha256: 'ab'.repeat(32) }]]),
  );
  expect(page).toMatch(/^\| ext4 +\| systemd-boot +\| raw .* bootable +\| 41 s +\| `abababababababab` \|$/m);
  expect(page).toMatch(/not tried yet/);
});
