/** The input layers of a stage. Who reads a file of one verifies it: before it is read, or while it is. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type StageOutput, StageResult, stagePaths } from '../../src/stages/contract.ts';
import type { StageName } from '../../src/stages/names.ts';
import { type StageData, stageData } from '../../src/stages/stages.ts';
import { StageFailure } from './failure.ts';
import { describeOutput, sha256File } from './hash.ts';

/** A file of a layer, and what it has to be. */
interface Expected extends Pick<StageOutput, 'path' | 'sha256'> {
  stage: StageName;
}

const blockBytes = 128 << 10;

export class InputLayers {
  readonly #folder: string;
  /** What is to be verified while it is read, by its whole path. */
  readonly #unverified = new Map<string, Expected>();

  /** @param folder where the layers are, each under the name of its stage */
  constructor(folder: string) {
    this.#folder = folder;
  }

  folder(stage: StageName): string {
    return join(this.#folder, stage);
  }

  /**
   * The checked result of a layer. Every output it lists is verified before this resolves, but the files that `later`
   * picks: they are for `read`. @throws StageFailure `layer.damaged`
   */
  async data<Input extends StageName>(
    stage: Input,
    later: (data: StageData[Input]) => readonly string[] = () => [],
  ): Promise<StageData[Input]> {
    const folder = this.folder(stage);
    const result = StageResult.parse(JSON.parse(await readFile(join(folder, stagePaths.result), 'utf8')));
    if (!result.ok) throw new Error(`the input layer of ${stage} holds a failed result`);
    const data = stageData[stage].parse(result.data) as StageData[Input];
    const put = new Set(later(data));
    for (const { path, kind, sha256 } of result.outputs) {
      const expected = { stage, path, sha256 };
      if (kind === 'file' && put.has(path)) this.#unverified.set(join(folder, path), expected);
      else requireSame(expected, (await describeOutput(folder, path, kind)).sha256);
    }
    return data;
  }

  /**
   * The first `endBytes` of a file that `later` picked. All of it is read and hashed on the way, and the last block is only
   * followed by the end when it is what its stage wrote. @throws StageFailure `layer.damaged`
   */
  async *read(path: string, endBytes = Number.POSITIVE_INFINITY): AsyncGenerator<Buffer> {
    const expected = this.#unverified.get(path);
    if (!expected) throw new Error(`${path} is not to be verified while it is read`);
    const hash = createHash('sha256');
    let position = 0;
    for await (const block of createReadStream(path, { highWaterMark: blockBytes })) {
      if (!(block instanceof Buffer)) throw new Error(`${path} is not read as bytes`);
      hash.update(block);
      const wanted = block.subarray(0, Math.max(0, endBytes - position));
      position += block.length;
      if (wanted.length > 0) yield wanted;
    }
    requireSame(expected, hash.digest('hex'));
    this.#unverified.delete(path);
  }

  /** Verifies what nobody has read to its end. @throws StageFailure `layer.damaged` */
  async verifyRest(): Promise<void> {
    for (const [path, expected] of this.#unverified) requireSame(expected, await sha256File(path));
    this.#unverified.clear();
  }
}

function requireSame({ stage, path, sha256 }: Expected, found: string): void {
  if (found === sha256) return;
  throw new StageFailure(
    {
      code: 'layer.damaged',
      message: `${path} of the ${stage} layer is not what ${stage} wrote (sha256 ${found}, expected ${sha256}).`,
      hint: `Retry the build from stage ${stage}; the layer will be made anew.`,
    },
    'ours',
  );
}
