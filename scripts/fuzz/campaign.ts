/** One run of the fuzzer: requests drawn from the document, then the ones made to be slow, the broken ones, and readers. */
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { type DrawnRequest, drawRequests } from './draw.ts';
import { expensiveRequests } from './expensive.ts';
import { watchHealth } from './health.ts';
import { maxGrownBytes } from './limits.ts';
import { malformedRequests, sendMalformed } from './malformed.ts';
import { readDocument } from './operations.ts';
import { buildBig, openReaders, post } from './readers.ts';
import { createSender, type Outcome, type Sender } from './send.ts';
import type { Footprint, ServerProcess } from './server-process.ts';

export interface CampaignOptions {
  seed: number;
  requests: number;
  /** About the size of each of the expensive requests. */
  expensiveBytes: number;
  malformedRounds: number;
  eventReaders: number;
  downloadReaders: number;
  say(line: string): void;
}

/** What is held against a server. Undefined: not measured, as its process is not ours. */
export interface CampaignReport {
  statuses: Record<string, number>;
  /** Each with the request that brought it about. */
  errors: string[];
  healthWorstMs: { drawn: number; expensive: { what: string; ms: number }[] };
  leakedDescriptors: string[] | undefined;
  grownBytes: number | undefined;
  readers: { answered: number; grownBytes: number | undefined };
}

/** Requests under way at once. */
const concurrency = 8;
/** Ids to continue with that are remembered, the newest. */
const maxKnown = 40;
/** The server has warmed up by then: what it keeps for good, it has. */
const warmUpShare = 0.2;
/** MAX_CLOSED_TRANSACTIONS of its transaction manager. */
const keptTransactions = 100;
/** How long sockets that were given up, and threads that have nothing to do, may take to be gone. */
const settleMs = 90_000;
/** How long removing what the requests have made may take. */
const removeMs = 300_000;

export async function runCampaign(server: ServerProcess, options: CampaignOptions): Promise<CampaignReport> {
  const { seed, requests, say } = options;
  const sender = createSender(server.url, server.token);
  try {
    const document = readDocument(await json(sender, '/openapi.json'));
    const tally = new Tally();
    const health = watchHealth(server.url);
    const drawn = drawRequests(document, { seed, count: requests, known: () => tally.known });
    await sendAll(sender, take(drawn, Math.floor(requests * warmUpShare)), tally);
    await closeTransactions(sender);
    const before = await server.measure();
    say(`warmed up: ${describe(before)}`);
    await sendAll(sender, drawn, tally);
    const drawnWorstMs = health.worstMs();
    say(`${requests} requests drawn: ${tally.summary()}; /healthz waited ${drawnWorstMs.toFixed(0)} ms at the most`);

    const expensive: { what: string; ms: number }[] = [];
    for (const request of expensiveRequests(options.expensiveBytes)) {
      health.worstMs();
      tally.add(request, await sender.send(request));
      expensive.push({ what: request.what, ms: health.worstMs() });
    }
    await health.stop();
    say(
      `${expensive.length} expensive ones: ${expensive.map(({ what, ms }) => `${what} ${ms.toFixed(0)} ms`).join(', ')}`,
    );

    await sendMalformed(server.url, options.malformedRounds);
    say(`${malformedRequests.length * options.malformedRounds} malformed ones`);
    await removeAll(sender);
    const after = await settled(server, before);
    say(`afterwards: ${describe(after)}`);
    const readers = await withReaders(server, sender, options);
    if (server.hasEnded()) tally.errors.push('the server has ended');
    return {
      statuses: tally.statuses,
      errors: tally.errors,
      healthWorstMs: { drawn: drawnWorstMs, expensive },
      leakedDescriptors: before && after && leaked(before, after),
      grownBytes: before && after && after.residentBytes - before.residentBytes,
      readers,
    };
  } finally {
    sender.close();
  }
}

class Tally {
  readonly statuses: Record<string, number> = {};
  readonly errors: string[] = [];
  readonly known: string[] = [];

  add(request: DrawnRequest, outcome: Outcome): void {
    const name = outcome.kind === 'answered' ? String(outcome.status) : outcome.kind;
    this.statuses[name] = (this.statuses[name] ?? 0) + 1;
    const wrong = wrongWith(outcome);
    if (wrong) this.errors.push(`${wrong}: ${describeRequest(request)}`);
    else if (outcome.kind === 'answered' && outcome.status < 300) this.#learn(outcome.text);
  }

  #learn(text: string): void {
    for (const [, id = ''] of text.matchAll(/"id": ?"([0-9a-z]{26})"/g))
      if (!this.known.includes(id)) this.known.unshift(id);
    this.known.length = Math.min(this.known.length, maxKnown);
  }

  summary(): string {
    return Object.entries(this.statuses)
      .sort()
      .map(([status, count]) => `${status}: ${count}`)
      .join(', ');
  }
}

/** Statuses that say what cannot be done now, and why: 503 while Docker is away, 507 for a full disk. */
const honest = [503, 507];

function wrongWith(outcome: Outcome): string | undefined {
  if (outcome.kind === 'hang') return `no answer within ${Math.round(outcome.ms / 1_000)} s`;
  if (outcome.kind === 'cut') return `no answer: ${outcome.error}`;
  const { status, problem, text } = outcome;
  if (status >= 500 && !honest.includes(status)) return `${status} ${text.slice(0, 500)}`;
  if (status >= 400 && text !== '' && !problem) return `${status} that is no problem document`;
  return undefined;
}

function describeRequest({ method, path, headers, body }: DrawnRequest): string {
  const start = body ? `${body.length} bytes ${JSON.stringify(body.toString().slice(0, 300))}` : 'no body';
  return `${method} ${path.slice(0, 300)} ${JSON.stringify(headers).slice(0, 500)} ${start}`;
}

async function sendAll(sender: Sender, drawn: Iterable<DrawnRequest>, tally: Tally): Promise<void> {
  const iterator = drawn[Symbol.iterator]();
  const work = async () => {
    for (let next = iterator.next(); !next.done; next = iterator.next())
      tally.add(next.value, await sender.send(next.value));
  };
  await Promise.all(Array.from({ length: concurrency }, work));
}

function* take<Value>(values: Generator<Value>, count: number): Generator<Value> {
  for (let taken = 0; taken < count; taken++) {
    const { value, done } = values.next();
    if (done) return;
    yield value;
  }
}

const Ids = z.object({ items: z.array(z.object({ id: z.string() })) });
const Components = z.object({
  items: z.array(z.object({ kind: z.string(), name: z.string(), builtIn: z.boolean().optional() }).loose()),
});

/** Prisma keeps the last hundred transactions that were closed, and with each its connection to the database. */
async function closeTransactions(sender: Sender): Promise<void> {
  for (let round = 0; round < keptTransactions; round++)
    await post(sender, '/v1/distributions', JSON.stringify({ definition: { name: `warm-${round}`, arch: 'x86_64' } }));
}

/** Takes away what the requests made, so that what is left in memory is a leak. @throws Error when something cannot be removed */
async function removeAll(sender: Sender): Promise<void> {
  const deadlineMs = performance.now() + removeMs;
  const request = (method: string, path: string) => sender.send({ method, path, headers: {}, body: undefined });
  for (const list of ['/v1/builds', '/v1/distributions'])
    for (let items = await ids(sender, list); items.length > 0; ) {
      for (const { id } of items) {
        if (list === '/v1/builds') await request('POST', `/v1/builds/${id}/cancel`);
        await request('DELETE', `${list}/${id}`);
      }
      const left = await ids(sender, list);
      if (performance.now() > deadlineMs) throw new Error(`${left.length} of ${list} could not be removed`);
      // One that is still ending cannot be removed yet.
      if (left.length === items.length) await sleep(200);
      items = left;
    }
  for (const { kind, name } of Components.parse(await json(sender, '/v1/components')).items)
    await request('DELETE', `/v1/components/${kind}/${name}`);
}

async function ids(sender: Sender, list: string): Promise<{ id: string }[]> {
  return Ids.parse(await json(sender, `${list}?limit=100`)).items;
}

/** @throws Error when the answer is not the JSON that was asked for. */
async function json(sender: Sender, path: string): Promise<unknown> {
  const outcome = await sender.send({ method: 'GET', path, headers: {}, body: undefined });
  if (outcome.kind !== 'answered' || outcome.status !== 200) throw new Error(`GET ${path}: ${JSON.stringify(outcome)}`);
  return JSON.parse(outcome.text);
}

async function settled(server: ServerProcess, before: Footprint | undefined): Promise<Footprint | undefined> {
  const until = performance.now() + settleMs;
  for (;;) {
    const now = await server.measure();
    if (!now || !before || performance.now() > until) return now;
    const grownBytes = now.residentBytes - before.residentBytes;
    if (leaked(before, now).length === 0 && grownBytes <= maxGrownBytes) return now;
    await sleep(2_000);
  }
}

async function withReaders(
  server: ServerProcess,
  sender: Sender,
  { eventReaders, downloadReaders, say }: CampaignOptions,
): Promise<CampaignReport['readers']> {
  const { build, artifact } = await buildBig(sender);
  const before = await server.measure();
  const events = await openReaders(server, `/v1/builds/${build}/events`, eventReaders);
  const downloads = await openReaders(server, `/v1/artifacts/${artifact}/content`, downloadReaders);
  const during = await server.measure();
  await Promise.all([events.close(), downloads.close()]);
  const answered = events.answered + downloads.answered;
  const grownBytes = before && during && during.residentBytes - before.residentBytes;
  say(`${answered} of ${eventReaders + downloadReaders} readers: ${describe(during)}`);
  return { answered, grownBytes };
}

/** The descriptors that came, when they are more than before. */
function leaked(before: Footprint, after: Footprint): string[] {
  if (after.descriptors.length <= before.descriptors.length) return [];
  const known = [...before.descriptors];
  return after.descriptors.filter((descriptor) => {
    const index = known.indexOf(descriptor);
    if (index >= 0) known.splice(index, 1);
    return index < 0;
  });
}

function describe(footprint: Footprint | undefined): string {
  if (!footprint) return 'the process of the server is not ours to measure';
  return `${(footprint.residentBytes / 2 ** 20).toFixed(0)} MiB, ${footprint.descriptors.length} descriptors`;
}
