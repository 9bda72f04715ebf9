/** What the command palette finds. */
import { expect, it } from 'vitest';
import { foundEntries, type PaletteEntry } from '../../../src/webui/shell/palette-entries.ts';

const entry = (group: PaletteEntry['group'], label: string, about?: string): PaletteEntry => ({
  ...{ id: label, group, label, about },
  run: () => undefined,
});
const entries = [
  entry('On this page', 'Retry…'),
  entry('Views', 'Builds'),
  entry('Distributions', 'web-server', '1.0'),
  entry('Distributions', 'Build web-server…'),
  entry('Builds', 'web-server 1.0 #2', 'failed'),
];

it('finds what holds every word, in the order of the groups, what begins with it first', () => {
  expect(foundEntries(entries, '').map(({ label }) => label)).toEqual(entries.map(({ label }) => label));
  expect(foundEntries(entries, 'build').map(({ label }) => label)).toEqual(['Builds', 'Build web-server…']);
  expect(foundEntries(entries, 'web failed').map(({ label }) => label)).toEqual(['web-server 1.0 #2']);
  expect(foundEntries(entries, 'server').map(({ label }) => label)).toEqual([
    'web-server',
    'Build web-server…',
    'web-server 1.0 #2',
  ]);
  expect(foundEntries(entries, 'nothing')).toEqual([]);
});
