/** A container of the fake runtime: a log that can be followed, a script that runs in it, and an end. */
import { LdfError } from '../../errors.ts';
import type { ContainerSpec, ContainerState, LogLine, LogPosition } from '../runtime.ts';

export type Exited = Extract<ContainerState, { state: 'exited' }>;

/** What a script ends with: an exit code, or a kill by the kernel. */
export type ScriptEnd = number | 'out-of-memory';

export class FakeContainer {
  readonly spec: ContainerSpec;
  readonly #killing = new AbortController();
  readonly #log: LogLine[] = [];
  readonly #watchers = new Set<() => void>();
  #state: ContainerState = { state: 'created' };
  #vanished = false;

  constructor(spec: ContainerSpec) {
    this.spec = spec;
  }

  get state(): ContainerState {
    return this.#state;
  }

  /** Fires when the container is stopped or removed. */
  get killed(): AbortSignal {
    return this.#killing.signal;
  }

  /** Runs `script` as the container's program. */
  run(script: () => Promise<ScriptEnd>): void {
    this.#state = { state: 'running' };
    const startedAt = new Date();
    const killed = new Promise<ScriptEnd>((resolve) =>
      this.killed.addEventListener('abort', () => resolve(128 + 15), { once: true }),
    );
    const broken = (error: unknown): ScriptEnd => {
      this.log(`the script broke: ${String(error)}`, 'stderr');
      return 70;
    };
    void Promise.race([killed, script().catch(broken)]).then((end) => {
      const outOfMemory = end === 'out-of-memory';
      const exitCode = outOfMemory ? 137 : end;
      this.#state = { state: 'exited', exitCode, outOfMemory, startedAt, endedAt: new Date() };
      this.#changed();
    });
  }

  /** Every line has a stamp of its own, unless it is to share that of the line before. */
  log(text: string, stream: LogLine['stream'] = 'stdout', sameStamp = false): void {
    const last = this.#log.at(-1);
    const shared = sameStamp ? last : undefined;
    const timestamp = shared?.timestamp ?? stampOf(this.#log.length);
    this.#log.push({ stream, text, timestamp, position: { timestamp, count: (shared?.position.count ?? 0) + 1 } });
    this.#changed();
  }

  kill(): void {
    this.#killing.abort();
  }

  vanish(): void {
    this.#vanished = true;
    this.kill();
    this.#changed();
  }

  async *follow(after: LogPosition | undefined, signal: AbortSignal): AsyncGenerator<LogLine[]> {
    let next = after ? this.#log.findIndex(({ position }) => samePosition(position, after)) + 1 : 0;
    for (;;) {
      this.#throwIfVanished();
      const lines = this.#log.slice(next);
      next += lines.length;
      if (lines.length > 0) yield lines;
      else if (signal.aborted || this.#state.state === 'exited') return;
      else await this.#change(signal);
    }
  }

  async ended(signal: AbortSignal): Promise<Exited> {
    for (;;) {
      signal.throwIfAborted();
      this.#throwIfVanished();
      if (this.#state.state === 'exited') return this.#state;
      await this.#change(signal);
    }
  }

  #throwIfVanished(): void {
    if (this.#vanished) throw new LdfError('stage.vanished', `Container ${this.spec.name} is gone.`);
  }

  /** Resolves at the next change. Nothing happens between a look and this call, for there is no await in between. */
  #change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.#watchers.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      if (signal.aborted || this.#vanished) return resolve();
      this.#watchers.add(done);
      signal.addEventListener('abort', done);
    });
  }

  #changed(): void {
    for (const wake of [...this.#watchers]) wake();
  }
}

function samePosition(a: LogPosition, b: LogPosition): boolean {
  return a.timestamp === b.timestamp && a.count === b.count;
}

function stampOf(line: number): string {
  return `2026-01-01T00:00:00.${String(line).padStart(9, '0')}Z`;
}
