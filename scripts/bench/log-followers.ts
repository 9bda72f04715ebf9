/**
 * Many followers of one build, as a process of its own: `URL BUILD FOLLOWERS`, and the token in LDF_TOKEN. The first follower checks every line that
 * stage-program.mjs numbered; all others must get the same number of bytes. Prints what it found as JSON.
 */
import { Agent, get, type IncomingMessage } from 'node:http';
import * as z from 'zod';
import type { FollowersReport } from './logs.ts';

const [url = '', build = '', followers = '1'] = process.argv.slice(2);
const headers = { authorization: `Bearer ${process.env.LDF_TOKEN}` };
const agent = new Agent({ maxSockets: Number.POSITIVE_INFINITY });
const latencies: number[] = [];
const LogData = z.object({ stage: z.string(), text: z.string() });

/** How many heartbeats one follower had may differ from another's. */
const heartbeat = Buffer.from(':\n\n');

interface Checked {
  lines: number;
  outOfOrder: number;
}

async function connect(): Promise<IncomingMessage> {
  const address = new URL(`/v1/builds/${build}/events`, url);
  const answer = await new Promise<IncomingMessage>((resolve, reject) =>
    get(address, { agent, headers }, resolve).once('error', reject),
  );
  if (answer.statusCode !== 200) throw new Error(`the server answers ${answer.statusCode}`);
  return answer;
}

/** Counts the bytes of one follower; `check` sees them, too. */
async function follow(check: (chunk: Buffer) => void = () => undefined): Promise<number> {
  let bytes = 0;
  for await (const chunk of await connect()) {
    if (!(chunk instanceof Buffer)) throw new Error('the answer is not binary');
    if (!chunk.equals(heartbeat)) bytes += chunk.length;
    sampleLatency(chunk);
    check(chunk);
  }
  return bytes;
}

/** By the first stamp in a chunk, which is of its oldest line. */
function sampleLatency(chunk: Buffer): void {
  const [, at] = /"type":"log","at":"([^"]+)"/.exec(chunk.toString('latin1', 0, 500)) ?? [];
  if (at) latencies.push(Date.now() - Date.parse(at));
}

/** Every number from 0 on has to come, in its order. */
function numberChecker(): { checked: Checked; check: (chunk: Buffer) => void } {
  const checked = { lines: 0, outOfOrder: 0 };
  let rest = '';
  const check = (chunk: Buffer) => {
    const events = (rest + chunk.toString('utf8')).split('\n\n');
    rest = events.pop() ?? '';
    for (const event of events) {
      if (!event.startsWith('event: log\n')) continue;
      const { stage, text } = LogData.parse(JSON.parse(event.slice(event.indexOf('data: ') + 'data: '.length)));
      if (stage !== 'assemble' || !/^\d{9} /.test(text)) continue;
      if (Number(text.slice(0, 9)) !== checked.lines) checked.outOfOrder += 1;
      checked.lines += 1;
    }
  };
  return { checked, check };
}

const { checked, check } = numberChecker();
const [expected, ...others] = await Promise.all(
  Array.from({ length: Number(followers) }, (_, index) => follow(index === 0 ? check : undefined)),
);
latencies.sort((a, b) => a - b);
const quantile = (part: number) => latencies[Math.floor(part * (latencies.length - 1))] ?? 0;
const report: FollowersReport = {
  ...checked,
  followersThatDiffer: others.filter((bytes) => bytes !== expected).length,
  medianLatencyMs: quantile(0.5),
  p99LatencyMs: quantile(0.99),
};
console.log(JSON.stringify(report));
