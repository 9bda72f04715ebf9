/**
 * What following a build costs: one stage prints numbered lines of 100 bytes, any number of clients follow the build.
 * The server, the followers and the stage are processes of their own; Docker is the real one.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import * as z from 'zod';
import { installationId, makeDataFolder } from '../../src/data-folder.ts';
import { DockerRuntime } from '../../src/runtime/docker/docker-runtime.ts';
import { openTestEngine, removeOwned, type TestEngine } from '../../test/fixtures/docker-engine.ts';
import { behave, makeStandIn } from '../../test/fixtures/engine/image.ts';
import { bundlePrograms, startProcess, token } from '../../test/fixtures/engine/processes.ts';
import type { Measurement, Row } from './measurement.ts';

/** What floods: as many lines as 10 s have at this rate, whatever time it takes to get rid of them. */
const flood: LogLoad = { lines: 1_000_000, linesPerSecond: 100_000, followers: 200 };
/** What is usual of a stage that says much: nobody falls behind, so that latency is that of a line. */
const steady: LogLoad = { lines: 10_000, linesPerSecond: 1_000, followers: 200 };
const goalMb = 300;
const goalLatencyMs = 100;

export const logs: Measurement = {
  name: 'logs',
  summary: `${flood.followers} followers of a build that prints ${flood.linesPerSecond} lines a second (5 minutes)`,
  async run({ say }) {
    say('a stage that floods its log');
    const flooded = await measureLogs(flood);
    say('a stage that prints as a compiler does');
    const ordinary = await measureLogs(steady);
    return [...floodRows(flooded), ...latencyRows(ordinary)];
  },
};

function floodRows(figures: LogFigures): Row[] {
  const { lostLines, outOfOrder, followersThatDiffer, seconds, linesPerSecondTaken, idleBytes, peakBytes } = figures;
  const load = `${flood.followers} followers, ${flood.lines} lines at ${flood.linesPerSecond} a second`;
  const more = (peakBytes - idleBytes) / 1e6;
  return [
    {
      what: `${load}: lines lost or out of order, and followers that did not get what the others got`,
      goal: 0,
      unit: '',
      figure: lostLines + outOfOrder + followersThatDiffer,
      samples: [{ of: 'until the last follower has had the last line', unit: 's', values: [seconds] }],
    },
    {
      what: `${load}: memory of the server beyond what it has when idle`,
      goal: goalMb,
      unit: 'MB',
      figure: more,
      samples: [{ of: 'greatest', unit: 'MB', values: [more] }],
    },
    {
      what: `${load}: time that taking in a thousand lines takes`,
      goal: null,
      unit: 'ms',
      figure: 1e6 / linesPerSecondTaken,
      samples: [{ of: 'mean', unit: 'ms', values: [1e6 / linesPerSecondTaken] }],
    },
  ];
}

function latencyRows({ lostLines, medianLatencyMs, p99LatencyMs }: LogFigures): Row[] {
  const load = `${steady.followers} followers, ${steady.linesPerSecond} lines a second`;
  const row = (what: string, goal: number | null, ms: number): Row => ({
    ...{ what: `${load}: ${what}`, goal, unit: 'ms', figure: ms },
    samples: [{ of: 'LDF', unit: 'ms', values: [ms] }],
  });
  if (lostLines !== 0) throw new Error(`${lostLines} lines were lost`);
  return [
    row('median time from a line to a client', goalLatencyMs, medianLatencyMs),
    row('the same of 99 in 100 lines', null, p99LatencyMs),
  ];
}

export interface LogLoad {
  lines: number;
  linesPerSecond: number;
  followers: number;
}

const FollowersReport = z.strictObject({
  lines: z.int(),
  outOfOrder: z.int(),
  followersThatDiffer: z.int(),
  medianLatencyMs: z.number(),
  p99LatencyMs: z.number(),
});
export type FollowersReport = z.infer<typeof FollowersReport>;

export interface LogFigures extends FollowersReport {
  lostLines: number;
  /** From the start of the stage to its end: what the server takes in. */
  linesPerSecondTaken: number;
  /** From the start of the stage until the last follower has had the last line. */
  seconds: number;
  /** The memory of the server before the load, and the most that it had at once under it. */
  idleBytes: number;
  peakBytes: number;
}

/** Runs one load on a data folder of its own and removes all that it made. */
export async function measureLogs(load: LogLoad): Promise<LogFigures> {
  const dataDir = await mkdtemp(join(tmpdir(), 'ldf-bench-logs-'));
  const engine = await openTestEngine();
  await makeDataFolder(dataDir);
  const installation = await installationId(dataDir);
  const image = await makeStandIn(engine.docker, engine.base.id);
  try {
    return await measure({ ...engine, installation }, image, dataDir, load);
  } finally {
    await removeOwned(engine.docker, installation);
    await engine.docker.getImage(image).remove({ force: true });
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function measure(
  { docker, installation }: TestEngine,
  image: string,
  dataDir: string,
  { followers, ...output }: LogLoad,
): Promise<LogFigures> {
  const runtime = new DockerRuntime(docker, installation);
  await behave({ docker, installation, runtime, image }, { assemble: { does: 'floods', ...output } });
  const [program = ''] = await bundlePrograms('scripts/bench/log-followers.ts');
  const server = await startProcess({ dataDir, image });
  try {
    const idleBytes = await server.peakBytes();
    const { id } = await server.client.distributions.create({ definition: { name: 'flood', arch: 'x86_64' } });
    const build = await server.client.distributions.build(id, { boot: false, noCache: false, priority: 0 });
    const { stdout } = await execa('node', [program, server.url, build.id, String(followers)], {
      env: { LDF_TOKEN: token },
      stderr: 'inherit',
    });
    const endedAt = Date.now();
    const report = FollowersReport.parse(JSON.parse(stdout));
    const stage = (await server.client.builds.get(build.id)).stages.find(({ name }) => name === 'assemble');
    const [from, to] = [Date.parse(stage?.startedAt ?? ''), Date.parse(stage?.endedAt ?? '')];
    return {
      ...report,
      lostLines: output.lines - report.lines,
      linesPerSecondTaken: Math.round(output.lines / ((to - from) / 1000)),
      seconds: (endedAt - from) / 1000,
      idleBytes,
      peakBytes: await server.peakBytes(),
    };
  } finally {
    await server.end('SIGTERM');
  }
}
