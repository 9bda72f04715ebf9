/** The command line in a folder with a definition, and a server to ask: the real API on the real engine, on a clock that stands. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../../src/cli/run.ts';
import type { Build } from '../../../src/model/build.ts';
import { fakeImage, type StageScript } from '../../../src/runtime/fake/fake-stage.ts';
import type { DistributionRecord } from '../../../src/store/distributions.ts';
import { ApiWorld, type ApiWorldOptions } from '../../fixtures/engine/api-world.ts';
import { HeldClock } from '../../fixtures/engine/held-clock.ts';
import { Served } from '../../fixtures/engine/served.ts';
import { ended, usual } from '../engine/harness.ts';
import { startMs, type TestTerminal, testTerminal } from './terminal.ts';

export const definition = { name: 'edge', version: '1.2', arch: 'x86_64' } as const;

export class CliWorld {
  readonly folder: string;
  readonly api: ApiWorld;
  readonly server: Served;
  readonly clock: HeldClock;
  terminal: TestTerminal;

  private constructor(folder: string, api: ApiWorld, server: Served, clock: HeldClock) {
    this.folder = folder;
    this.api = api;
    this.server = server;
    this.clock = clock;
    this.terminal = this.freshTerminal();
  }

  static async open(options: ApiWorldOptions = {}): Promise<CliWorld> {
    const folder = await mkdtemp(join(tmpdir(), 'ldf-cli-'));
    await writeFile(join(folder, 'distro.yaml'), 'name: edge\nversion: "1.2"\narch: x86_64\n');
    const clock = new HeldClock(startMs);
    const api = await ApiWorld.open({ clock, ...options });
    return new CliWorld(folder, api, await Served.open(api.app), clock);
  }

  get runtime() {
    return this.api.runtime;
  }

  /** Runs a command. @returns its exit code; what it writes is added to what `terminal` has. */
  ldf(...words: string[]): Promise<number> {
    return run(words, this.terminal);
  }

  /** Nothing has been written to it. By default commands ask `server`. */
  freshTerminal(env: Record<string, string> = { LDF_SERVER: this.server.url }): TestTerminal {
    this.terminal = testTerminal({ cwd: this.folder, env });
    return this.terminal;
  }

  /** As `ldf … < text`. */
  withInput(stdin: string): TestTerminal {
    this.terminal = testTerminal({ cwd: this.folder, env: { LDF_SERVER: this.server.url }, stdin });
    return this.terminal;
  }

  /** A distribution as the definition in the folder says it, with what differs. */
  distribution(change: Record<string, unknown> = {}): Promise<DistributionRecord> {
    return this.api.store.createDistribution({ ...definition, definition: { ...definition, ...change } });
  }

  /** A build of a new distribution that has ended. */
  async built(): Promise<Build> {
    return ended(this.api.engine, await this.api.engine.create(await this.distribution(), usual));
  }

  /** The build that was queued last, as it is now. */
  async newest(): Promise<Build> {
    const [build] = (await this.api.engine.list({ limit: 1 })).items;
    const whole = build && (await this.api.engine.get(build.id));
    if (!whole) throw new Error('there is no build');
    return whole;
  }

  /** A file in the folder. */
  file(...path: string[]): string {
    return join(this.folder, ...path);
  }

  async json(...path: string[]): Promise<unknown> {
    return JSON.parse(await readFile(this.file(...path), 'utf8'));
  }

  async close(): Promise<void> {
    await this.server.close();
    await this.api.close();
    await rm(this.folder, { recursive: true });
  }
}

/** A package stage that makes nothing but the image edge.raw, which has holes where it is empty. */
export function packaging(content: string): StageScript {
  return async (stage) => {
    const artifacts = [{ path: 'edge.raw', ...fakeImage, format: 'raw', sparse: true }];
    return stage.succeed<'package'>({ artifacts, initramfs: false, diskBytes: 1 << 30 }, { 'edge.raw': content });
  };
}

/** A stage that runs until it is ended from outside. */
export const endless: StageScript = () => new Promise(() => undefined);
