/** The page of a distribution: its definition at a glance, and the review of an update. */

import { expect, it } from 'vitest';
import type { LockChange } from '../../../src/model/lock.ts';
import { glance } from '../../../src/webui/views/distribution/glance.ts';
import { changedGroups, inOrder, unreviewed, updateWords } from '../../../src/webui/views/distribution/updates.ts';

it('reads a definition at a glance, also one that is not valid', () => {
  const values = (definition: Record<string, unknown>) =>
    Object.fromEntries(glance(definition).map((row) => [row.title, row.values]));
  expect(values({ kernel: { version: '6.12' }, userland: { packages: ['curl'] } })).toMatchObject({
    ...{ Kernel: ['6.12'], Packages: ['curl'], Users: [], Formats: [] },
  });
  expect(values({ kernel: 7, userland: [], system: { users: 'x' }, image: null })).toMatchObject({ Packages: [] });
});

it('words an update by its number and its security updates, which come first', () => {
  const change = (name: string, security: boolean, group: LockChange['group'] = 'packages'): LockChange => ({
    ...{ group, name, from: '1', to: '2', security },
  });
  const changes = [change('a', false), change('b', true), change('linux', false, 'kernel')];
  expect(updateWords(changes)).toBe('3 updates, 1 security');
  expect(updateWords(changes.slice(0, 1))).toBe('1 update');
  expect(inOrder(changes).map(({ name }) => name)).toEqual(['b', 'a', 'linux']);
  expect(changedGroups(changes)).toEqual(['kernel', 'packages']);
  expect(unreviewed([...changes, change('c', false)], changes).map(({ name }) => name)).toEqual(['c']);
});
