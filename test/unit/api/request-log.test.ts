/** How loudly each answer is told: what Docker's absence brings is no error of this server. */
import { Hono } from 'hono';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { requestLog } from '../../../src/api/request-log.ts';

it.each([
  [200, 'info'],
  [404, 'info'],
  [500, 'error'],
  [503, 'warn'],
  [507, 'error'],
])('an answer of status %i is told as %s', async (status, level) => {
  const lines: string[] = [];
  const log = pino({ base: null }, { write: (line) => void lines.push(line) });
  const app = new Hono().use(requestLog(log)).get('/asked', () => new Response(null, { status }));
  await app.request('/asked');
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({ level: log.levels.values[level], method: 'GET', path: '/asked', status }),
  ]);
});
