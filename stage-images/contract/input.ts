/** The input layers of a stage. Whatever of them is used is verified: before that, or before the stage ends. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type LayerContract, type StageOutput, StageResult, stagePaths } from '../../src/stages/contract.ts';
import { StageFailure } from './failure.ts';
import { describeOutput, sha256File, sizeOfRegular } from './hash.ts';

/** A file of a layer, and what it has to be. */
interface Expected extends Pick<StageOutput, 'path' | 'sha256'> {
  stage: string;
}

export class InputLayers {
  readonly #folder: string;
  /** What was put off, by its whole path. */
  readonly #unverified = new Map<string, Expected>();

  /** @param folder where the layers are, each under the name of its stage */
  constructor(folder: string) {
    this.#folder = folder;
  }

  folder(stage: string): string {
    return join(this.#folder, stage);
  }

  /**
   * The checked result of a layer, read with the contract of the stage that made it. Every output it lists is verified before this resolves, but the files that `later`
   * picks: they are for `verify`. @throws StageFailure `layer.damaged`
   */
  async data<Data>(
    { stage, data: schema }: LayerContract<Data>,
    later: (data: Data) => readonly string[] = () => [],
  ): Promise<Data> {
    const folder = this.folder(stage);
    const result = StageResult.parse(JSON.parse(await readFile(join(folder, stagePaths.result), 'utf8')));
    if (!result.ok) throw new Error(`the input layer of ${stage} holds a failed result`);
    const data = schema.parse(result.data);
    const put = new Set(later(data));
    for (const { path, kind, sha256 } of result.outputs) {
      const expected = { stage, path, sha256 };
      if (kind === 'file' && put.has(path)) this.#unverified.set(join(folder, path), expected);
      else requireSame(expected, (await describeOutput(folder, path, kind)).sha256);
    }
    return data;
  }

  /** Verifies a file that `later` picked. @throws StageFailure `layer.damaged` */
  async verify(path: string): Promise<void> {
    const expected = this.#unverified.get(path);
    if (!expected) throw new Error(`${path} was not put off to be verified later`);
    await sizeOfRegular(path);
    requireSame(expected, await sha256File(path));
    this.#unverified.delete(path);
  }

  /** Verifies what is left of that. @throws StageFailure `layer.damaged` */
  async verifyRest(): Promise<void> {
    for (const path of this.#unverified.keys()) await this.verify(path);
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
