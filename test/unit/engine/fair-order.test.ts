import { describe, expect, it } from 'vitest';
import { fairOrder } from '../../../src/engine/core/fair-order.ts';
import type { OpenBuildRecord } from '../../../src/store/builds.ts';

let made = 0;

function open(id: string, distributionId: string | null, change: Partial<OpenBuildRecord> = {}): OpenBuildRecord {
  made += 1;
  return { id, distributionId, state: 'queued', priority: 0, createdAt: new Date(made), servedAt: null, ...change };
}

const ids = (builds: readonly OpenBuildRecord[]) => builds.map(({ id }) => id).join(' ');

/** The rule, word for word: who goes first when one place is free. */
function first(builds: readonly OpenBuildRecord[]): OpenBuildRecord | undefined {
  const running = (build: OpenBuildRecord) =>
    builds.filter(({ state, distributionId }) => state === 'running' && distributionId === build.distributionId).length;
  const served = ({ servedAt }: OpenBuildRecord) => servedAt?.getTime() ?? 0;
  return builds
    .filter(({ state }) => state === 'queued')
    .sort(
      (a, b) =>
        b.priority - a.priority ||
        running(a) - running(b) ||
        served(a) - served(b) ||
        a.createdAt.getTime() - b.createdAt.getTime(),
    )[0];
}

/** Begins one build after the other by that rule. */
function oneByOne(builds: readonly OpenBuildRecord[]): OpenBuildRecord[] {
  let rest = [...builds];
  const order: OpenBuildRecord[] = [];
  for (let next = first(rest), now = 1_000_000; next; next = first(rest), now++) {
    const { id, distributionId } = next;
    order.push(next);
    rest = rest.map((build) => ({
      ...build,
      state: build.id === id ? 'running' : build.state,
      servedAt: build.distributionId === distributionId ? new Date(now) : build.servedAt,
    }));
  }
  return order;
}

/** Numbers below `limit` that are the same in every run. */
function dice(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * limit);
  };
}

describe('the order of waiting builds', () => {
  it('does not let one distribution with many builds starve another', () => {
    const many = Array.from({ length: 500 }, (_, index) => open(`many${index}`, 'many'));
    const order = fairOrder([open('running', 'many', { state: 'running' }), ...many, open('one', 'one')]);
    expect(order[0]?.id).toBe('one');
    expect(ids(order.slice(1, 3))).toBe('many0 many1');
    expect(order).toHaveLength(501);
  });

  it('goes by priority first, then from distribution to distribution, then by age', () => {
    const builds = [
      open('a-high', 'a', { priority: 5 }),
      ...[open('a1', 'a'), open('a2', 'a'), open('b1', 'b'), open('gone', null), open('b2', 'b')],
    ];
    expect(ids(fairOrder(builds))).toBe('a-high b1 gone a1 b2 a2');
  });

  it('gives the place to whom it was given longest ago', () => {
    const at = (ms: number) => ({ servedAt: new Date(ms) });
    expect(ids(fairOrder([open('a', 'a', at(3)), open('b', 'b', at(1)), open('c', 'c'), open('d', 'd', at(2))]))).toBe(
      'c b d a',
    );
  });

  it('is what comes out when places become free one by one', () => {
    const roll = dice(7);
    for (let round = 0; round < 200; round++) {
      const served = Array.from({ length: 4 }, () => (roll(2) ? new Date(1 + roll(1000)) : null));
      const builds = Array.from({ length: 12 }, (_, index) => {
        const distribution = roll(4);
        const state = roll(4) === 0 ? 'running' : 'queued';
        const servedAt = served[distribution] ?? null;
        return open(`${index}`, `d${distribution}`, { state, priority: roll(3), servedAt });
      }).sort((a, b) => b.priority - a.priority || a.createdAt.getTime() - b.createdAt.getTime());
      expect(ids(fairOrder(builds))).toBe(ids(oneByOne(builds)));
    }
  });
});
