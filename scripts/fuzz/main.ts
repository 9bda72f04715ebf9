/**
 * `npm run fuzz -- [--requests N] [--seed N] [--server URL]`: throws requests at the API that are drawn from its own
 * description, and tells what broke. Without --server it brings up a server on the fake runtime. Ends with 1 when the
 * server answered 5xx, hung, leaked, or let others wait.
 */
import { parseArgs } from 'node:util';
import { runCampaign } from './campaign.ts';
import { existingServer, startServer } from './server-process.ts';
import { judge } from './verdict.ts';

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '10000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    server: { type: 'string' },
  },
});
const seed = Number(values.seed);
const requests = Number(values.requests);
if (!Number.isSafeInteger(seed) || !Number.isSafeInteger(requests) || requests < 1)
  throw new Error('--seed and --requests take whole numbers.');

const server = values.server ? existingServer(values.server, process.env.LDF_TOKEN) : await startServer();
try {
  console.log(`seed ${seed}, ${requests} requests to ${server.url}`);
  const report = await runCampaign(server, {
    ...{ seed, requests, expensiveBytes: 1 << 20, malformedRounds: 20, eventReaders: 500, downloadReaders: 200 },
    say: (line) => console.log(line),
  });
  const found = judge(report, { healthMs: 1_000 });
  for (const line of found) console.error(`✗ ${line}`);
  console.log(found.length === 0 ? '✓ nothing found' : `${found.length} found; run again with --seed ${seed}`);
  process.exitCode = found.length === 0 ? 0 : 1;
} finally {
  await server.stop();
}
