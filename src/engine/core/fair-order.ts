/** In which order waiting builds are begun: by priority, and fairly between distributions. */
import type { OpenBuildRecord } from '../../store/builds.ts';

/** What a distribution has had so far. */
interface Share {
  running: number;
  /** Grows with the time at which a build of it last began. */
  served: number;
}

/**
 * The builds that wait, in the order in which they begin when nothing else happens. The highest priority comes first;
 * within it the distribution with the fewest running builds, then the one that was served longest ago, then the one whose
 * build has waited longest. Each build that is placed counts as running for those after it. Builds whose distribution is
 * gone count as one distribution.
 * @param open as the store gives it: by priority, then age
 */
export function fairOrder(open: readonly OpenBuildRecord[]): OpenBuildRecord[] {
  const shares = new Map<string | null, Share>();
  for (const { distributionId, state, servedAt } of open) {
    const running = (shares.get(distributionId)?.running ?? 0) + (state === 'running' ? 1 : 0);
    shares.set(distributionId, { running, served: servedAt?.getTime() ?? 0 });
  }
  let lastServed = Math.max(0, ...[...shares.values()].map(({ served }) => served));
  const order: OpenBuildRecord[] = [];
  for (const equals of byPriority(open.filter(({ state }) => state === 'queued')))
    for (const build of takeTurns(equals, shares)) {
      lastServed += 1;
      const running = (shares.get(build.distributionId)?.running ?? 0) + 1;
      shares.set(build.distributionId, { running, served: lastServed });
      order.push(build);
    }
  return order;
}

/**
 * Orders builds of one priority. The n-th build of a distribution finds n more of its kind running than the first one
 * does, and it was served more recently than any distribution that has had no turn here.
 */
function takeTurns(builds: readonly OpenBuildRecord[], shares: ReadonlyMap<string | null, Share>): OpenBuildRecord[] {
  const lines = new Map<string | null, { length: number; age: number }>();
  const turns = builds.map((build, age) => {
    const line = lines.get(build.distributionId) ?? { length: 0, age };
    lines.set(build.distributionId, { ...line, length: line.length + 1 });
    const { running, served } = shares.get(build.distributionId) ?? { running: 0, served: 0 };
    return { build, running: running + line.length, turn: line.length, served, age: line.age };
  });
  turns.sort((a, b) => a.running - b.running || a.turn - b.turn || a.served - b.served || a.age - b.age);
  return turns.map(({ build }) => build);
}

function byPriority(builds: readonly OpenBuildRecord[]): OpenBuildRecord[][] {
  const groups = new Map<number, OpenBuildRecord[]>();
  for (const build of builds) {
    const group = groups.get(build.priority);
    if (group) group.push(build);
    else groups.set(build.priority, [build]);
  }
  return [...groups.entries()].sort(([a], [b]) => b - a).map(([, group]) => group);
}
