/** The journal of a build as it grows, from whichever server is there to tell it. */
import type { PlacedEntry } from '../../client/client.ts';
import type { ServerConnection } from '../server-for-command.ts';

/**
 * Every entry after the position `after`, up to the build's end, once each. The client itself bridges lost connections;
 * here a server that went for good is replaced.
 * @throws LdfError `server.unreachable` when there is none any more
 */
export async function* buildEvents(
  server: ServerConnection,
  buildId: string,
  after: number,
  signal?: AbortSignal,
): AsyncGenerator<PlacedEntry> {
  let position = after;
  for (;;) {
    try {
      // One that was temporary will not come back; one that stays may be about to be restarted.
      const reconnect = server.lasting ? {} : { attempts: 3 };
      for await (const placed of server.client.builds.events(buildId, { after: position, signal, reconnect })) {
        position = placed.id;
        yield placed;
      }
      return;
    } catch (error) {
      if (!(await server.replaceLost(error))) throw error;
    }
  }
}
