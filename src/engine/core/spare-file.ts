/**
 * A file in the data folder that takes up space, to be given up when the disk is full: to make room is to write, too — a
 * lease, the rows of what goes — and on a full disk nothing could ever be removed.
 */
import { randomBytes } from 'node:crypto';
import { type FileHandle, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { isDiskFull } from '../../disk-full.ts';
import { diskSpaceOf } from '../../disk-space.ts';
import { isMissingFile, undefinedIfMissing } from '../../missing-file.ts';
import { ownerOnly, placeAtomically } from '../../write-atomically.ts';

const blockBytes = 1 << 20;

/** It is made when so many times its size is free: not at the expense of what has just been freed. */
const roomFactor = 2;

export class SpareFile {
  readonly #folder: string;
  readonly #path: string;
  readonly #sizeBytes: number;

  /** @param sizeBytes 0: there is none */
  constructor(dataDir: string, sizeBytes: number) {
    this.#folder = dataDir;
    this.#path = join(dataDir, 'spare');
    this.#sizeBytes = sizeBytes;
  }

  /** Removes it when less than its size is free besides. */
  async giveUpIfFull(): Promise<void> {
    if (this.#sizeBytes > 0 && (await diskSpaceOf(this.#folder)).freeBytes < this.#sizeBytes) await this.#giveUp();
  }

  /**
   * Runs what makes room: without the file when the disk is full, or turns out to be. Afterwards the file is made again,
   * if there is room for it; else, the next time. @throws what `act` throws
   */
  async without<Result>(act: () => Promise<Result>, logger: Logger): Promise<Result> {
    await this.giveUpIfFull();
    try {
      return await act().catch(async (error: unknown) => {
        // A quota does not show in what is free.
        if (!isDiskFull(error) || !(await this.#giveUp())) throw error;
        return act();
      });
    } finally {
      await this.restore(logger);
    }
  }

  /** Makes it unless it is there or there is no room. It does not throw: it is not worth failing for. */
  async restore(logger: Logger): Promise<void> {
    if (this.#sizeBytes === 0) return;
    try {
      if ((await stat(this.#path).catch(undefinedIfMissing))?.size === this.#sizeBytes) return;
      if ((await diskSpaceOf(this.#folder)).freeBytes < roomFactor * this.#sizeBytes) return;
      await placeAtomically(this.#path, (file) => fill(file, this.#sizeBytes), ownerOnly);
    } catch (error) {
      logger.warn({ err: error }, 'the spare file could not be made; the next garbage collection tries again');
    }
  }

  /** false when there was none. */
  async #giveUp(): Promise<boolean> {
    try {
      await rm(this.#path);
      return true;
    } catch (error) {
      if (isMissingFile(error)) return false;
      throw error;
    }
  }
}

/** With bytes that no file system compresses away. */
async function fill(file: FileHandle, sizeBytes: number): Promise<void> {
  for (let written = 0; written < sizeBytes; written += blockBytes)
    await file.write(randomBytes(Math.min(blockBytes, sizeBytes - written)));
}
