/** What garbage collection takes, in which order, and why: no disk, no database, no Docker. */
import { describe, expect, it } from 'vitest';
import type { DiskUse } from '../../../../src/engine/core/dependencies.ts';
import { demandsOn, needNothing } from '../../../../src/engine/gc/disk-use.ts';
import { type Demand, type Item, planCollection } from '../../../../src/engine/gc/plan-collection.ts';

const now = new Date('2026-01-10T00:00:00Z');
const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000);

function item(id: string, minutes: number, change: Partial<Item> = {}): Item {
  return {
    kind: 'layer',
    id,
    name: id,
    sizeBytes: 10,
    lastUsedAt: ago(minutes),
    spareBecause: 'no queued or running build needs it',
    neededBecause: undefined,
    ...change,
  };
}

function demand(bytes: number, change: Partial<Demand> = {}): Demand {
  return { of: 'budget', bytes, kinds: ['layer', 'source', 'cache', 'artifact'], ...change };
}

const ids = (items: readonly { id: string }[]) => items.map(({ id }) => id);

describe('a collection', () => {
  it('takes the least recently used first, layers and sources alike, and no more than it has to', () => {
    const items = [item('a', 5), item('b', 50, { kind: 'source' }), item('c', 500), item('d', 5_000)];
    const { goes, stays, unmet } = planCollection(items, [demand(15)], now);
    expect(goes.map(({ id, why }) => [id, why])).toEqual([
      ['d', 'not used for 3.5 days, and no queued or running build needs it'],
      ['c', 'not used for 8.3 hours, and no queued or running build needs it'],
    ]);
    expect(stays.map(({ id, why }) => [id, why])).toEqual([
      ['b', 'there is room for it'],
      ['a', 'there is room for it'],
    ]);
    expect(unmet).toEqual([]);
  });

  it('takes artifacts only when layers and sources are not enough, however old they are', () => {
    const items = [item('image', 9_999, { kind: 'artifact' }), item('a', 1)];
    expect(ids(planCollection(items, [demand(10)], now).goes)).toEqual(['a']);
    expect(ids(planCollection(items, [demand(11)], now).goes)).toEqual(['a', 'image']);
  });

  it('never takes what is needed, and says what is missing then', () => {
    const items = [item('old', 900, { neededBecause: 'build b1, which is queued, needs it' }), item('new', 1)];
    const { goes, stays, unmet } = planCollection(items, [demand(30)], now);
    expect(ids(goes)).toEqual(['new']);
    expect(stays).toMatchObject([{ id: 'old', why: 'build b1, which is queued, needs it' }]);
    expect(unmet).toEqual([demand(20)]);
  });

  it('takes only what lies on the disk that is short of space', () => {
    const items = [item('layer', 900), item('image', 5, { kind: 'artifact' })];
    const data = demand(1, { of: 'data', kinds: ['artifact'] });
    expect(ids(planCollection(items, [demand(-5), data], now).goes)).toEqual(['image']);
  });

  it('takes the largest of those used at the same time', () => {
    const items = [item('small', 5), item('large', 5, { sizeBytes: 100 })];
    expect(ids(planCollection(items, [demand(1)], now).goes)).toEqual(['large']);
  });

  it('takes nothing when nothing has to go', () => {
    expect(planCollection([item('a', 9_999)], [demand(0), demand(-1)], now).goes).toEqual([]);
    expect(planCollection([item('a', 9_999)], [], now).goes).toEqual([]);
  });
});

describe('what there is to free', () => {
  const use: DiskUse = {
    layerBytes: 50,
    sourceBytes: 20,
    cacheBytes: 10,
    artifactBytes: 20,
    usedBytes: 100,
    budgetBytes: 90,
    reserveBytes: 30,
    data: { device: '1', freeBytes: 25 },
    docker: { device: '2', freeBytes: 100 },
  };
  const bytes = (demands: Demand[]) => Object.fromEntries(demands.map((one) => [one.of, one.bytes]));

  it('is what passes the budget, and what each disk lacks', () => {
    expect(bytes(demandsOn(use, needNothing))).toEqual({ budget: 10, volumes: -70, data: 5 });
    const need = { keptBytes: 40, scratchBytes: 60, artifactBytes: 7 };
    expect(bytes(demandsOn(use, need))).toEqual({ budget: 57, volumes: 30, data: 12 });
  });

  it('adds up where layers and artifacts share a disk', () => {
    const shared = { ...use, docker: use.data, budgetBytes: null };
    const [only, ...others] = demandsOn(shared, { keptBytes: 40, scratchBytes: 60, artifactBytes: 7 });
    expect(only).toEqual({ of: 'data', bytes: 112, kinds: ['layer', 'source', 'cache', 'artifact'] });
    expect(others).toEqual([]);
  });

  it('leaves out the disk of a Docker that is another machine', () => {
    expect(bytes(demandsOn({ ...use, docker: undefined }, needNothing))).toEqual({ budget: 10, data: 5 });
  });
});
