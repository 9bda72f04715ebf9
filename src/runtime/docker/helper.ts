/** Helpers: containers that do one small thing with a volume and are gone. They have no owner among the stages. */
import { randomBytes } from 'node:crypto';
import type { Container, ContainerCreateOptions } from 'dockerode';
import { LdfError } from '../../errors.ts';
import { labels } from '../runtime.ts';
import { confined } from './container-options.ts';
import { dockerError } from './docker-error.ts';
import { FrameDecoder } from './frames.ts';
import { asReadable } from './streams.ts';

/** Where a helper sees the volume. */
export const helperMount = '/ldf/in';

const helperRole = 'helper';

/** Enough for tar, du and rm; what they read of files is the kernel's to keep or to drop. */
export const helperLimits = { memoryBytes: 256 << 20, pids: 32 } as const;

/** What a helper says is a figure, or what went wrong. */
const outputLimit = 4096;

export interface Helper {
  volume: string;
  readOnly: boolean;
  /** Image id; it brings the program. */
  image: string;
  program: string;
  args: readonly string[];
}

/** What to create for a helper. */
export function helperContainer(
  { volume, readOnly, image, program, args }: Helper,
  installation: string,
): ContainerCreateOptions {
  return {
    name: `ldf-helper-${randomBytes(8).toString('hex')}`,
    Image: image,
    User: '0:0',
    WorkingDir: '/',
    Entrypoint: [program],
    Cmd: [...args],
    Labels: { [labels.installation]: installation, [labels.role]: helperRole },
    HostConfig: {
      ...confined([{ volume, target: helperMount, readOnly }]),
      Memory: helperLimits.memoryBytes,
      MemorySwap: helperLimits.memoryBytes,
      PidsLimit: helperLimits.pids,
      // Gigabytes may go through its stdout: they are not to be kept as a log.
      LogConfig: { Type: 'none', Config: {} },
    },
  };
}

/** The filters that find the helpers of a volume. */
export function helpersOf(volume: string, installation: string): Record<string, string[]> {
  return {
    label: [`${labels.installation}=${installation}`, `${labels.role}=${helperRole}`],
    volume: [volume],
  };
}

/** Runs a created, not yet started helper to its end and gives its stdout. @throws LdfError when its program fails. */
export async function outputOf(helper: Container, doing: string): Promise<string> {
  const said = { stdout: '', stderr: '' };
  try {
    const attached = asReadable(await helper.attach({ stream: true, stdout: true, stderr: true }));
    const frames = new FrameDecoder();
    const reading = async () => {
      for await (const chunk of attached)
        for (const { stream, payload } of frames.push(chunk))
          said[stream] = (said[stream] + payload.toString()).slice(-outputLimit);
    };
    // Asked for before the start: the exit code cannot be missed, however short the run.
    const [{ StatusCode }] = await Promise.all([
      helper.wait({ condition: 'next-exit' }),
      helper.start().then(() => reading()),
    ]);
    if (StatusCode === 0) return said.stdout;
    throw new LdfError('internal', `Could not ${doing}: ${said.stderr.trim() || `exit code ${StatusCode}`}`);
  } catch (error) {
    throw dockerError(doing, error);
  }
}
