/** The architecture of the machine that stages run on. Forms ask for it with each key, and Docker is slow to say it. */
import type { Architecture } from '../../definition/definition.ts';
import type { EngineDependencies } from './dependencies.ts';

/** It changes only with the machine behind the same socket. */
const goodForMs = 60_000;

export class MachineArchitecture {
  #known: { architecture: Architecture | null; atMs: number } | undefined;

  constructor(private readonly engine: Pick<EngineDependencies, 'runtime' | 'clock'>) {}

  /**
   * null for one that no image is made for. @param anew asks Docker, whatever is known
   * @throws LdfError `docker.unavailable`; that is not kept.
   */
  async read(anew: boolean): Promise<Architecture | null> {
    const { runtime, clock } = this.engine;
    if (!anew && this.#known && clock.uptimeMs() - this.#known.atMs < goodForMs) return this.#known.architecture;
    const { architecture } = await runtime.info();
    this.#known = { architecture, atMs: clock.uptimeMs() };
    return architecture;
  }
}
