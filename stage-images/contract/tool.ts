/** Running the tools a stage is made of: argument arrays, never a shell; output into the log line by line. */
import { createInterface } from 'node:readline';
import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { execa, type Options } from 'execa';

export interface ToolOptions {
  cwd?: string;
  /** Added to a small, fixed environment: nothing of the container's own leaks into a tool. */
  env?: Record<string, string>;
  /** Exit codes that are not an error; default 0. */
  okCodes?: readonly number[];
  /** Called for each line of stdout and stderr; default: the log. */
  onLine?: (line: string) => void;
  /** A text, or a stream that is piped in. */
  stdin?: string | Readable;
  /** Ends the tool with SIGTERM, and with SIGKILL when that has no effect within 5 seconds. */
  cancelSignal?: AbortSignal;
}

const baseEnvironment = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/nonexistent',
  LC_ALL: 'C.UTF-8',
  TZ: 'UTC',
};

/** How a tool ended when it should not have: its last lines are in the message. */
export class ToolError extends Error {
  override readonly name = 'ToolError';
  constructor(
    readonly tool: string,
    readonly exitCode: number | undefined,
    readonly signal: string | undefined,
    readonly tail: readonly string[],
  ) {
    const end = signal ? `was ended by ${signal}` : `exited with ${exitCode}`;
    super([`${tool} ${end}`, ...tail].join('\n'));
  }
}

const tailLines = 40;

/** Runs a tool, its output going line by line to `onLine`. @throws ToolError when it does not end well. */
export async function runTool(tool: string, args: readonly string[], options: ToolOptions = {}): Promise<number> {
  const { onLine = (line: string) => console.log(line), okCodes = [0] } = options;
  const tail: string[] = [];
  const child = execa(tool, args, { ...common(options), all: true, buffer: false });
  const lines = createInterface({ input: child.all, crlfDelay: Number.POSITIVE_INFINITY });
  lines.on('line', (line) => {
    if (tail.push(line) > tailLines) tail.shift();
    onLine(line);
  });
  const drained = new Promise<void>((resolve) => lines.once('close', resolve));
  const [result] = await Promise.all([child, drained]);
  if (result.exitCode === undefined || !okCodes.includes(result.exitCode))
    throw new ToolError(tool, result.exitCode, result.signal ?? result.code, tail);
  // A tool may end well on the half of its input that came before a read error.
  if (result.cause instanceof Error)
    throw new Error(`${tool} did not get all of its input: ${result.cause.message}`, { cause: result.cause });
  return result.exitCode;
}

/** Runs a tool and returns its stdout; stderr goes to the log. @throws ToolError when it does not end well. */
export async function readTool(tool: string, args: readonly string[], options: ToolOptions = {}): Promise<string> {
  const { okCodes = [0] } = options;
  const result = await execa(tool, args, { ...common(options), maxBuffer: 256 << 20 });
  if (result.exitCode === undefined || !okCodes.includes(result.exitCode))
    throw new ToolError(
      tool,
      result.exitCode,
      result.signal ?? result.code,
      result.stderr.split('\n').slice(-tailLines),
    );
  if (result.stderr) console.log(result.stderr);
  return result.stdout;
}

/**
 * Runs tools side by side, the stdout of each being the stdin of the next, as a shell's pipeline does; what they write to
 * stderr goes to the log. `onBytes` hears how many bytes have gone into the last tool so far.
 * @throws ToolError for the last of the tools that did not end well: those before it may just have lost their reader.
 */
export async function pipeTools(
  commands: readonly (readonly [tool: string, ...args: string[]])[],
  { onBytes, ...options }: Pick<ToolOptions, 'cwd' | 'env'> & { onBytes?: (total: number) => void } = {},
): Promise<void> {
  const last = commands.length - 1;
  const children = commands.map(([tool, ...args], index) =>
    execa(tool, args, {
      ...common(options),
      stdin: index === 0 ? 'ignore' : 'pipe',
      stdout: index === last ? 'ignore' : 'pipe',
      buffer: { stdout: false },
    }),
  );
  let total = 0;
  const meter = new PassThrough();
  meter.on('data', (chunk: Buffer) => {
    total += chunk.length;
    onBytes?.(total);
  });
  const pipes = children.slice(1).map(({ stdin }, index) => {
    const from = children[index]?.stdout;
    if (!from || !stdin) throw new Error('a pipeline has a tool without its pipes');
    return index + 1 === last ? pipeline(from, meter, stdin) : pipeline(from, stdin);
  });
  // A reader may end before its input does, as tar does at the mark of an archive's end: exit codes tell what was well.
  const [results] = await Promise.all([Promise.all(children), Promise.allSettled(pipes)]);
  for (const [index, { exitCode, signal, code, stderr }] of [...results.entries()].reverse()) {
    if (stderr) console.log(stderr);
    if (exitCode !== 0)
      throw new ToolError(commands[index]?.[0] ?? '', exitCode, signal ?? code, stderr.split('\n').slice(-tailLines));
  }
}

function common(options: ToolOptions) {
  return {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.stdin === undefined ? { stdin: 'ignore' } : { input: options.stdin }),
    ...(options.cancelSignal === undefined ? {} : { cancelSignal: options.cancelSignal }),
    env: { ...baseEnvironment, ...options.env },
    extendEnv: false,
    reject: false,
    stripFinalNewline: true,
  } as const satisfies Options;
}
