/** The one installation that measurements share, opened when the first of them asks for it. */
import type Docker from 'dockerode';
import { type Lab, openLab, removeLab } from './lab.ts';

export class SharedLab {
  readonly #docker: Docker;
  readonly #dataDir: string;
  readonly #say: (line: string) => void;
  #lab: Promise<Lab> | undefined;

  constructor(docker: Docker, dataDir: string, say: (line: string) => void) {
    this.#docker = docker;
    this.#dataDir = dataDir;
    this.#say = say;
  }

  open(): Promise<Lab> {
    this.#lab ??= openLab(this.#dataDir, this.#say);
    return this.#lab;
  }

  async openEmpty(): Promise<Lab> {
    await this.close();
    await removeLab(this.#docker, this.#dataDir);
    return this.open();
  }

  async close(): Promise<void> {
    await (await this.#lab)?.close();
    this.#lab = undefined;
  }
}
