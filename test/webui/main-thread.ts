/** What a page's main thread does, in processor time: whatever else the machine does is not in it. */
import type { Page } from 'playwright-core';
import * as z from 'zod';

/** Of a trace as Chromium writes it: durations are in microseconds, `tdur` the thread's own. */
const Trace = z.object({
  traceEvents: z.array(
    z.object({
      name: z.string(),
      pid: z.number(),
      tid: z.number(),
      tdur: z.number().optional(),
      args: z.object({ name: z.string().optional() }).optional(),
    }),
  ),
});

/**
 * Runs `act`, and gives the processor time of every task that the main thread ran meanwhile, in milliseconds, the longest
 * first. A page answers nobody and draws nothing while such a task runs.
 * @throws Error when the trace has no task: it would prove nothing.
 */
export async function tasksDuring(page: Page, act: () => Promise<void>): Promise<number[]> {
  const browser = page.context().browser();
  if (!browser) throw new Error('the page has no browser that could be traced');
  await browser.startTracing(page, { categories: ['toplevel'] });
  await act();
  const { traceEvents } = Trace.parse(JSON.parse((await browser.stopTracing()).toString()));
  const threads = traceEvents.filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain');
  const main = new Set(threads.map(({ pid, tid }) => `${pid} ${tid}`));
  const tasks = traceEvents.flatMap(({ name, pid, tid, tdur }) =>
    name === 'ThreadControllerImpl::RunTask' && tdur !== undefined && main.has(`${pid} ${tid}`) ? tdur / 1000 : [],
  );
  if (tasks.length === 0) throw new Error('the trace has no task of the main thread');
  return tasks.sort((a, b) => b - a);
}
