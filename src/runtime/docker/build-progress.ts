/**
 * BuildKit's progress: base64 of a protobuf message in `aux`, of which only the fields read here are described. The
 * schema is api/services/control/control.proto of https://github.com/moby/buildkit.
 */
import protobuf from 'protobufjs';
import * as z from 'zod';
import type { BuildEvent } from '../images.ts';

const schema = protobuf.Root.fromJSON({
  nested: {
    StatusResponse: {
      fields: {
        vertexes: { rule: 'repeated', type: 'Vertex', id: 1 },
        logs: { rule: 'repeated', type: 'VertexLog', id: 3 },
      },
    },
    Vertex: {
      fields: {
        digest: { type: 'string', id: 1 },
        name: { type: 'string', id: 3 },
        cached: { type: 'bool', id: 4 },
        started: { type: 'Timestamp', id: 5 },
        error: { type: 'string', id: 7 },
      },
    },
    VertexLog: { fields: { vertex: { type: 'string', id: 1 }, msg: { type: 'bytes', id: 4 } } },
    Timestamp: { fields: {} },
  },
});
const statusResponse = schema.lookupType('StatusResponse');

const Status = z.object({
  vertexes: z.array(
    z.object({
      digest: z.string(),
      name: z.string(),
      cached: z.boolean(),
      started: z.object({}).nullable(),
      error: z.string(),
    }),
  ),
  logs: z.array(z.object({ vertex: z.string(), msg: z.instanceof(Uint8Array) })),
});

/** The id of the messages that carry progress. */
export const traceId = 'moby.buildkit.trace';

const tailLines = 30;

interface Step {
  name: string;
  begun: boolean;
  /** What follows the last newline of its output. */
  rest: string;
  tail: string[];
}

/** Follows one build. */
export class BuildProgress {
  readonly #steps = new Map<string, Step>();
  #failure: { step: Step; error: string } | undefined;

  /** `trace`: the `aux` of a trace message. Returns what it says that is new. */
  push(trace: string): BuildEvent[] {
    const message = statusResponse.decode(Buffer.from(trace, 'base64'));
    const status = Status.parse(statusResponse.toObject(message, { defaults: true }));
    const events: BuildEvent[] = [];
    for (const vertex of status.vertexes) {
      const step = this.#step(vertex.digest);
      step.name = vertex.name;
      if (vertex.started && !step.begun) {
        step.begun = true;
        events.push({ kind: 'step', ...numbered(step.name, vertex.cached) });
      }
      if (vertex.error !== '') this.#failure ??= { step, error: vertex.error };
    }
    for (const { vertex, msg } of status.logs) events.push(...this.#log(this.#step(vertex), msg));
    return events;
  }

  /** The failing command and its last lines; undefined when no step failed. */
  get failure(): { command: string; error: string; tail: readonly string[] } | undefined {
    if (!this.#failure) return undefined;
    const { step, error } = this.#failure;
    return {
      command: numbered(step.name, false).text,
      error,
      tail: [...step.tail, step.rest].filter((line) => line !== ''),
    };
  }

  #step(digest: string): Step {
    const step = this.#steps.get(digest) ?? { name: '', begun: false, rest: '', tail: [] };
    this.#steps.set(digest, step);
    return step;
  }

  #log(step: Step, message: Uint8Array): BuildEvent[] {
    // A progress bar rewrites its line after a carriage return; only what it said last is worth keeping.
    const lines = (step.rest + Buffer.from(message).toString())
      .split('\n')
      .map((line) => line.split('\r').at(-1) || line.trimEnd());
    step.rest = lines.pop() ?? '';
    step.tail = [...step.tail, ...lines].slice(-tailLines);
    const { step: number, steps } = numbered(step.name, false);
    return lines.map((text) => ({ kind: 'log', step: number, steps, text }));
  }
}

/** BuildKit writes "[2/4] RUN …", or "[stage 2/4] RUN …", and other names for its own work. */
function numbered(name: string, cached: boolean): { step: number; steps: number; text: string } {
  const match = /^\[(?:\S+ )?(\d+)\/(\d+)\] (.*)$/s.exec(name);
  const text = `${match?.[3] ?? name}${cached ? ' (cached)' : ''}`;
  return { step: Number(match?.[1] ?? 0), steps: Number(match?.[2] ?? 0), text };
}
