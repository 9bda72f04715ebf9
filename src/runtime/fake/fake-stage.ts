/** What a script of the fake runtime sees of its container, and what stages do when a test says nothing else. */
import { createHash } from 'node:crypto';
import { answerFile } from '../../stages/answer.ts';
import type { AssembleData } from '../../stages/assemble/data.ts';
import type { BaseData } from '../../stages/base/contract.ts';
import type { BootData } from '../../stages/boot/contract.ts';
import type { ChosenPart } from '../../stages/chosen-part.ts';
import type { CompileData } from '../../stages/compile/data.ts';
import {
  formatPhase,
  formatProgress,
  formatUsage,
  keptMarker,
  QueryEnvelope,
  RequestEnvelope,
  type StageContract,
  type StageError,
  StageResult,
  stagePaths,
  type Usage,
} from '../../stages/contract.ts';
import { type DownloadData, downloadContract } from '../../stages/download/contract.ts';
import type { InitramfsData } from '../../stages/initramfs/data.ts';
import type { QueryName, StageName } from '../../stages/names.ts';
import { packageContract } from '../../stages/package/contract.ts';
import { PackageData, type PackagedArtifact } from '../../stages/package/data.ts';
import type { PrepareData } from '../../stages/prepare/contract.ts';
import type { QueryEntry } from '../../stages/queries.ts';
import { type ResolveData, resolveContract } from '../../stages/resolve/contract.ts';
import type { LogLine } from '../runtime.ts';
import type { FakeContainer, ScriptEnd } from './fake-container.ts';
import type { FakeRuntime } from './fake-runtime.ts';

/** What the stages tell that do something by default. */
interface DefaultData {
  resolve: ResolveData;
  download: DownloadData;
  prepare: PrepareData;
  compile: CompileData;
  base: BaseData;
  assemble: AssembleData;
  initramfs: InitramfsData;
  package: PackageData;
  boot: BootData;
}

type DataOf<Stage extends StageName> = Stage extends keyof DefaultData ? DefaultData[Stage] : unknown;

/** What the fake packager says of its artifacts, but for the format. */
type Said = Omit<PackagedArtifact, 'path' | 'format'>;
export const fakeImage: Said = {
  kind: 'image',
  mediaType: 'application/octet-stream',
  disk: 'whole',
  sparse: false,
  bootable: true,
  qemu: { driver: 'fake', packed: null },
};
export const fakeDocument: Said = {
  kind: 'document',
  mediaType: 'text/plain; charset=utf-8',
  disk: null,
  sparse: false,
  bootable: false,
  qemu: null,
};

export type StageScript = (stage: FakeStage) => Promise<ScriptEnd>;

export class FakeStage {
  readonly #runtime: FakeRuntime;
  readonly #container: FakeContainer;

  constructor(runtime: FakeRuntime, container: FakeContainer) {
    this.#runtime = runtime;
    this.#container = container;
  }

  get request(): RequestEnvelope {
    return RequestEnvelope.parse(JSON.parse(this.read(stagePaths.out, stagePaths.request)));
  }

  /** What is asked, when the container is there for a query. */
  get query(): QueryEnvelope | undefined {
    const text = this.read(stagePaths.out, stagePaths.request);
    return text === '' ? undefined : QueryEnvelope.safeParse(JSON.parse(text)).data;
  }

  log(text: string, options: { stream?: LogLine['stream']; sameStamp?: boolean } = {}): void {
    this.#container.log(text, options.stream, options.sameStamp);
  }

  progress(fraction: number, note?: string): void {
    this.log(formatProgress(fraction, note));
  }

  phase(phase: string, item?: string): void {
    this.log(formatPhase(phase, item));
  }

  usage(usage: Usage): void {
    this.log(formatUsage(usage));
  }

  /** A file below one of the container's mounts. */
  read(target: string, path: string): string {
    return this.#mounted(target).files.get(path)?.toString('utf8') ?? '';
  }

  /** Whether something is mounted there. */
  has(target: string): boolean {
    return this.#container.spec.mounts.some((mount) => mount.target === target);
  }

  /** Keeps files for the next run. */
  keep(cache: string, files: Readonly<Record<string, string>>): void {
    const { files: kept } = this.#mounted(`${stagePaths.keep}/${cache}`);
    for (const [path, content] of Object.entries({ ...files, [keptMarker]: 'complete\n' }))
      kept.set(path, Buffer.from(content));
  }

  /** Writes a file into the output. */
  write(path: string, content: string): void {
    this.#mounted(stagePaths.out).files.set(path, Buffer.from(content));
  }

  /** Ends well: writes the files and a result that lists them. */
  succeed<Stage extends StageName>(data: DataOf<Stage>, files: Readonly<Record<string, string>> = {}): ScriptEnd {
    for (const [path, content] of Object.entries(files)) this.write(path, content);
    const outputs = Object.entries(files).map(([path, content]) => ({
      path,
      kind: 'file' as const,
      sizeBytes: Buffer.byteLength(content),
      sha256: sha256(content),
    }));
    this.write(stagePaths.result, JSON.stringify({ ok: true, outputs, data } satisfies StageResult));
    return 0;
  }

  /** Ends well, with the entries that a query is answered with. */
  answer<Query extends QueryName>(entries: readonly QueryEntry[Query][]): ScriptEnd {
    const content = JSON.stringify(entries);
    this.write(answerFile, content);
    const output = { path: answerFile, kind: 'file', sizeBytes: Buffer.byteLength(content), sha256: sha256(content) };
    this.write(stagePaths.result, JSON.stringify({ ok: true, outputs: [output], data: { entries: entries.length } }));
    return 0;
  }

  /** Ends badly: 1 when the definition is at fault, 2 when the stage is. */
  fail(error: Partial<StageError> & { code: string }, exitCode: 1 | 2 = 1): ScriptEnd {
    const full = { message: 'it went wrong', details: [], ...error };
    this.write(stagePaths.result, JSON.stringify({ ok: false, error: full } satisfies StageResult));
    return exitCode;
  }

  #mounted(target: string) {
    const mount = this.#container.spec.mounts.find((candidate) => candidate.target === target);
    if (!mount) throw new Error(`nothing is mounted at ${target}`);
    return this.#runtime.volume(mount.volume);
  }
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function source(name: string, version: string) {
  const filename = `${name}_${version}_all.deb`;
  return {
    url: `http://mirror.example/${filename}`,
    sha256: sha256(filename),
    sizeBytes: 1000,
    installedBytes: 4096,
    filename,
    name,
    version,
    arch: 'all',
  };
}

const kernelVersion = '6.12.57';

function paramsOf<Params>(stage: FakeStage, { params }: StageContract<Params>): Params {
  return params.parse(stage.request.params);
}

/** A package that a source is told of, where it is told of one. */
function named({ use, params }: ChosenPart): string {
  return typeof params.package === 'string' ? params.package : use;
}

/** The same request always gives the same files, and every stage says a word and reports progress. */
export const defaultScripts = {
  async resolve(stage: FakeStage) {
    const { kernel, packages, boot, patches } = paramsOf(stage, resolveContract);
    const sourceDate = 1_700_000_000;
    return stage.succeed<'resolve'>({
      kernel: kernel && {
        wishesSha256: kernel.wishesSha256,
        sourceDate,
        version: kernelVersion,
        sources: [source(named(kernel.source), `${kernelVersion}-1`)],
      },
      packages: packages && {
        wishesSha256: packages.wishesSha256,
        sourceDate,
        packages: packages.names.map(({ name }) => source(name, '1.0')),
        aptSources: [],
      },
      boot: boot && {
        wishesSha256: boot.wishesSha256,
        sourceDate,
        packages: boot.names.map(({ name }) => source(name, '1.0')),
      },
      ...(patches && {
        patches: patches.map(({ name, url, sha256 }) => ({ url, sha256, sizeBytes: 1000, filename: name })),
      }),
    });
  },
  async download(stage: FakeStage) {
    const { sources } = paramsOf(stage, downloadContract);
    return stage.succeed<'download'>({ fetched: sources.length, fetchedBytes: 1000 * sources.length, present: 0 });
  },
  async prepare(stage: FakeStage) {
    stage.progress(0.5, 'extracting');
    stage.log('configured');
    const data = { release: kernelVersion, sourceSha256: '0'.repeat(64), builtIn: 400, modules: 0, notHeld: [] };
    return stage.succeed<'prepare'>(data, { config: `${stage.request.key}` });
  },
  async compile(stage: FakeStage) {
    stage.progress(0.5, 'CC init/main.o');
    stage.log('CC init/main.o');
    stage.keep('kernel-trees', { tree: `${stage.request.key}` });
    const data = { release: kernelVersion, image: 'bzImage', modules: null };
    return stage.succeed<'compile'>(data, { bzImage: `${stage.request.key}` });
  },
  async base(stage: FakeStage) {
    stage.log('nothing is set apart');
    return stage.succeed<'base'>({ root: null, packages: 0, written: [] });
  },
  async assemble(stage: FakeStage) {
    stage.log('unpacked');
    const data = { rootfs: 'rootfs.tar', contentBytes: 1000, files: 10 };
    return stage.succeed<'assemble'>(data, { 'rootfs.tar': `${stage.request.key}` });
  },
  async initramfs(stage: FakeStage) {
    const data = { initramfs: 'initrd', bootFiles: [] };
    return stage.succeed<'initramfs'>(data, { initrd: `${stage.request.key}` });
  },
  async package(stage: FakeStage) {
    const { name, version, formats } = paramsOf(stage, packageContract);
    const images = formats.map(({ use }) => ({ path: `${name}-${version}.${use}`, ...fakeImage, format: use }));
    const artifacts = [...images, { path: 'SHA256SUMS', ...fakeDocument, format: 'checksums' }];
    const files = Object.fromEntries(artifacts.map(({ path }) => [path, `${path} of ${stage.request.key}`]));
    return stage.succeed<'package'>({ artifacts, initramfs: false, diskBytes: 1 << 30 }, files);
  },
  async boot(stage: FakeStage) {
    stage.log('login:');
    const verdicts = bootableOf(stage).map((artifact) => ({
      artifact,
      bootable: true,
      seconds: 12.5,
      wallSeconds: 15,
      console: `${artifact}.console.log`,
      screen: `${artifact}.screen.png`,
      accelerator: 'tcg' as const,
    }));
    const files = Object.fromEntries(
      verdicts.flatMap(({ console, screen }) => [
        [console, 'login:\n'],
        [screen, 'PNG'],
      ]),
    );
    return stage.succeed<'boot'>({ verdicts }, files);
  },
} as const satisfies Readonly<Record<keyof DefaultData, StageScript>>;

/** A few of everything that a query can find. */
export const defaultAnswers: Readonly<Record<QueryName, StageScript>> = {
  async packages(stage) {
    return stage.answer<'packages'>([
      { name: 'curl', version: '8.14.1-2', summary: 'command line tool for transferring data with URL syntax' },
      { name: 'htop', version: '3.4.1-5', summary: 'interactive processes viewer' },
      { name: 'libcurl4t64', version: '8.14.1-2', summary: 'easy-to-use client-side URL transfer library' },
      { name: 'nginx', version: '1.26.3-3', summary: 'small, powerful, scalable web/proxy server' },
      { name: 'openssh-server', version: '1:10.0p1-7', summary: 'secure shell (SSH) server, for secure access' },
    ]);
  },
  async kconfig(stage) {
    return stage.answer<'kconfig'>([
      { symbol: 'CONFIG_E1000', type: 'tristate', prompt: 'Intel(R) PRO/1000 Gigabit support', help: 'An adapter.' },
      { symbol: 'CONFIG_IKCONFIG', type: 'tristate', prompt: 'Kernel .config support', help: 'Keeps the .config.' },
      { symbol: 'CONFIG_IKCONFIG_PROC', type: 'bool', prompt: 'Enable access through /proc/config.gz', help: null },
      { symbol: 'CONFIG_CRC32', type: 'tristate', prompt: null, help: null },
    ]);
  },
};

/** The artifacts that the boot stage is to try. */
export function bootableOf(stage: FakeStage): string[] {
  const result = StageResult.parse(JSON.parse(stage.read(`${stagePaths.in}/package`, stagePaths.result)));
  if (!result.ok) return [];
  return PackageData.parse(result.data).artifacts.flatMap(({ path, bootable }) => (bootable ? path : []));
}
