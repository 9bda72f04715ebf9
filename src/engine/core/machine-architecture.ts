/** The architecture of the machine that stages run on. Forms ask for it with each key, and Docker is slow to say it. */
import type { Architecture } from '../../definition/definition.ts';
import type { EngineDependencies } from './dependencies.ts';

/** It changes only with the machine behind the same socket. */
const goodForMs = 60_000;

export class MachineArchitecture {
  #known: { architecture: Architecture | null; atMs: number } | undefined;

  constructor(private readonly engine: Pick<EngineDependencies, 'runtime' | 'clock'>) {}

  /** null for one that no image is made for. @throws LdfError `docker.unavailable`; that is not kept. */
  async read(): Promise<Architecture | null> {
    const { runtime, clock } = this.engine;
    if (this.#known && clock.uptimeMs() - this.#known.atMs < goodForMs) return this.#known.architecture;
    const { architecture } = await runtime.info();
    this.#known = { architecture, atMs: clock.uptimeMs() };
    return architecture;
  }
}
