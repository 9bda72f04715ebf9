/**
 * A real Chromium on the real server, whose containers are the fake runtime's. A test fails on anything in the console of
 * its pages that reads like an error, and on any request that leaves the server's origin.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { test as base, expect } from 'vitest';
import { type Client, createClient } from '../../src/client/client.ts';
import type { Build } from '../../src/model/build.ts';
import type { FakeRuntime } from '../../src/runtime/fake/fake-runtime.ts';
import { launchChromium, signIn, watchPage } from '../fixtures/webui/chromium.ts';
import { type StandInServer, startStandIn } from '../fixtures/webui/stand-in-server.ts';
import { standInToken } from '../fixtures/webui/stand-in-token.ts';

/** How long a test waits for what must come to a page; a busy machine may take a while. */
const patienceMs = 180_000;

export interface VisitOptions {
  /** In CSS pixels; a phone has 360. */
  width?: number;
  height?: number;
  scheme?: 'light' | 'dark';
  /** Default: yes. */
  signedIn?: boolean;
  /** What the console may say all the same: the server is away, say. */
  expected?: RegExp;
}

export interface Factory {
  readonly url: string;
  readonly runtime: FakeRuntime;
  readonly client: Client;
  /** The process goes; the containers run on. */
  stop(): Promise<void>;
  /** Another process, on the same folder and port. */
  start(): Promise<void>;
  build(name: string, definition?: Record<string, unknown>): Promise<Build>;
  ended(id: string): Promise<Build>;
}

interface Fixtures {
  browser: Browser;
  factory: Factory;
  visit: (path: string, options?: VisitOptions) => Promise<Page>;
}

export const test = base.extend<Fixtures>({
  browser: [
    // biome-ignore lint/correctness/noEmptyPattern: what a fixture asks for is read from its first parameter
    async ({}, use) => {
      const browser = await launchChromium();
      await use(browser);
      await browser.close();
    },
    { scope: 'file' },
  ],
  // biome-ignore lint/correctness/noEmptyPattern: as above
  factory: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'ldf-webui-test-'));
    const factory = await openFactory(folder);
    await use(factory);
    await factory.stop();
    await rm(folder, { recursive: true, force: true });
  },
  visit: async ({ browser, factory }, use) => {
    const problems: string[] = [];
    const pages: Page[] = [];
    await use(async (path, { width = 1280, height = 900, scheme = 'light', expected, signedIn = true } = {}) => {
      const page = await browser.newPage({ viewport: { width, height }, colorScheme: scheme });
      page.setDefaultTimeout(patienceMs);
      if (signedIn) await signIn(page, factory.url);
      pages.push(page);
      watchPage(page, factory.url, (problem) => {
        if (!expected?.test(problem)) problems.push(problem);
      });
      await page.goto(factory.url + path);
      return page;
    });
    for (const page of pages) await page.close();
    expect(problems).toEqual([]);
  },
});

/** Runs a file of in-page/ in the page. @returns the value of its last statement */
export async function runInPage(page: Page, file: string): Promise<unknown> {
  return page.evaluate(await readFile(join(import.meta.dirname, 'in-page', file), 'utf8'));
}

async function openFactory(folder: string): Promise<Factory> {
  let server: StandInServer | undefined = await startStandIn({ folder });
  const { url, runtime } = server;
  const client = createClient(url, { token: standInToken });
  return {
    url,
    runtime,
    client,
    async stop() {
      await server?.stop();
      server = undefined;
    },
    async start() {
      server = await startStandIn({ folder, runtime, port: Number(new URL(url).port) });
    },
    async build(name, definition = {}) {
      const whole = { name, version: '1.0', arch: 'x86_64', image: { formats: ['raw'] }, ...definition };
      const existing = (await client.distributions.list({ name })).items[0];
      const { id } = existing
        ? await client.distributions.update(existing.id, { definition: whole })
        : await client.distributions.create({ definition: whole });
      return client.distributions.build(id);
    },
    async ended(id) {
      for await (const { entry } of client.builds.events(id)) if (entry.type === 'end') break;
      return client.builds.get(id);
    },
  };
}
