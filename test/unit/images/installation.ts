import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashSources } from '../../../src/images/sources.ts';
import { StageImages, type StageImagesOptions } from '../../../src/images/stage-images.ts';
import { imageSubjects } from '../../../src/runtime/images.ts';
import type { ImageName } from '../../../src/stages/names.ts';
import { MemoryImageEngine, makeImage } from '../../fixtures/memory-image-engine.ts';

/** Sources of stage images, a data folder and a container engine in memory whose registry has the base `debian:test`. */
export class ImagesInstallation {
  readonly directory: string;
  readonly lockFile: string;
  engine = new MemoryImageEngine();

  private constructor(readonly folder: string) {
    this.directory = join(folder, 'stage-images');
    this.lockFile = join(folder, 'data', 'images.lock.json');
    this.engine.registry.set('debian:test', { ...makeImage('debian'), digests: ['debian@sha256:1'] });
  }

  static async open(): Promise<ImagesInstallation> {
    const installation = new ImagesInstallation(await mkdtemp(join(tmpdir(), 'ldf-images-')));
    for (const name of imageSubjects) await installation.writeSource(name, 'FROM x\n');
    return installation;
  }

  async close(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  async writeSource(name: string, dockerfile: string): Promise<void> {
    await mkdir(join(this.directory, name), { recursive: true });
    await writeFile(join(this.directory, name, 'Dockerfile'), dockerfile);
  }

  service(options: Partial<StageImagesOptions> = {}): StageImages {
    return new StageImages({
      engine: this.engine,
      directory: this.directory,
      lockFile: this.lockFile,
      spool: join(this.folder, 'incoming'),
      baseImage: 'debian:test',
      ...options,
    });
  }

  async states(): Promise<string[]> {
    const all = (await this.service().verify()).map(({ state }) => state);
    return all.filter((state) => state !== 'unused');
  }

  async tagOf(name: ImageName): Promise<string> {
    return `ldf/${name}:${(await hashSources(this.directory))[name].slice(0, 12)}`;
  }
}

/** For a progress that nobody reads. */
export const silent = (): void => undefined;
