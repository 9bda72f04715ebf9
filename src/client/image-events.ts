/** Work on stage images as the API tells of it while it continues. */
import { LdfError } from '../errors.ts';
import { Problem } from '../model/problem.ts';
import { ImageProgressLine } from '../model/stage-image.ts';
import { readEvents } from './event-stream.ts';
import { type Http, problemError, type RequestOptions } from './http.ts';

export type ImageProgress = ImageProgressLine;

/** Three heartbeats of the server. */
const silenceMs = 45_000;

/**
 * Sends the request that sets the work going, and gives what it reports. Leaving the iteration ends the work.
 * @throws LdfError what the work failed with, or `server.unreachable` when the connection is lost before its end.
 */
export async function* imageWork(http: Http, path: string, options: RequestOptions): AsyncGenerator<ImageProgress> {
  const { body } = await http.send('POST', path, options);
  if (!body) throw http.unreachable();
  try {
    for await (const { event, data } of readEvents(body, silenceMs)) {
      const value: unknown = JSON.parse(data);
      if (event === 'done') return;
      if (event === 'error') throw problemError(http.check(Problem, value));
      if (event === 'progress') yield http.check(ImageProgressLine, value);
    }
  } catch (error) {
    throw http.explain(error, options.signal);
  }
  throw new LdfError('server.unreachable', 'The server broke the connection off before the work had ended.', {
    hint: 'Repeat it: it continues where it stopped.',
  });
}
