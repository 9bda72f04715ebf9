/** A short run of `npm run fuzz`: the same every time, so that it is red for a reason. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCampaign } from '../../scripts/fuzz/campaign.ts';
import { type ServerProcess, startServer } from '../../scripts/fuzz/server-process.ts';
import { judge } from '../../scripts/fuzz/verdict.ts';

let server: ServerProcess;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

it('survives requests that nobody should send', { timeout: 600_000 }, async () => {
  const said: string[] = [];
  const report = await runCampaign(server, {
    ...{ seed: 20, requests: 400, expensiveBytes: 256 << 10, malformedRounds: 2 },
    ...{ eventReaders: 50, downloadReaders: 50 },
    say: (line) => said.push(line),
  });
  expect(report.readers.answered).toBe(100);
  expect(judge(report, { healthMs: undefined }), said.join('\n')).toEqual([]);
});
