/** The streams in which the Docker Engine answers. */
import { Readable } from 'node:stream';
import * as z from 'zod';

/** dockerode says no more of its streams than that they can be read; they are Node's, which can be destroyed too. */
export function asReadable(stream: NodeJS.ReadableStream): Readable {
  return stream instanceof Readable ? stream : Readable.from(stream);
}

/** A message of a call that reports as it works (build, pull, import, load), JSON in one line each. */
const EngineMessage = z.object({
  id: z.string().optional(),
  status: z.string().optional(),
  progress: z.string().optional(),
  stream: z.string().optional(),
  error: z.string().optional(),
  /** What it is depends on `id`. */
  aux: z.unknown().optional(),
});
export type EngineMessage = z.infer<typeof EngineMessage>;

/** The engine's own report of a failure, after it had answered 200. */
export class EngineFailure extends Error {
  override readonly name = 'EngineFailure';
}

/** The messages of a stream as they come. @throws EngineFailure with the engine's words when a message is an error. */
export async function* engineMessages(stream: Readable): AsyncGenerator<EngineMessage> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') yield checked(line);
  }
  if (rest.trim() !== '') yield checked(rest);
}

function checked(line: string): EngineMessage {
  const message = EngineMessage.parse(JSON.parse(line));
  if (message.error !== undefined) throw new EngineFailure(message.error);
  return message;
}
