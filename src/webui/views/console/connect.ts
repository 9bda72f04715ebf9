/** The WebSocket of a console: bytes both ways, and what became of it. */
import { parseJson, problemError } from '../../../client/http.ts';
import { Problem } from '../../../model/problem.ts';

export type ConsoleState =
  | { phase: 'starting' }
  | { phase: 'open' }
  /** It could not be started. */
  | { phase: 'refused'; error: unknown }
  | { phase: 'ended'; why: string };

export interface Connection {
  send(bytes: Uint8Array<ArrayBuffer>): void;
  close(): void;
}

/** Boots the artifact. `onBytes` is called from the first byte the machine says. */
export function connect(
  { artifactId, rootIn }: { artifactId: string; rootIn: boolean },
  onBytes: (bytes: Uint8Array) => void,
  onState: (state: ConsoleState) => void,
): Connection {
  const url = new URL(`/v1/artifacts/${encodeURIComponent(artifactId)}/console`, location.href);
  if (rootIn) url.searchParams.set('logIn', 'root');
  url.protocol = url.protocol.replace('http', 'ws');
  const socket = new WebSocket(url);
  socket.binaryType = 'arraybuffer';
  let refused = false;
  let opened = false;
  socket.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (data instanceof ArrayBuffer) {
      if (!opened) onState({ phase: 'open' });
      opened = true;
      onBytes(new Uint8Array(data));
      return;
    }
    refused = true;
    const problem = Problem.safeParse(parseJson(String(data)));
    onState({ phase: 'refused', error: problem.success ? problemError(problem.data) : String(data) });
  };
  socket.onclose = ({ code, reason }) => {
    if (!refused) onState({ phase: 'ended', why: describeEnd(code, reason) });
  };
  return {
    send(bytes) {
      if (socket.readyState === WebSocket.OPEN) socket.send(bytes);
    },
    close() {
      socket.onclose = null;
      socket.close();
    },
  };
}

/** Close codes: RFC 6455, 7.4.1. */
export function describeEnd(code: number, reason: string): string {
  if (code === 1006) return 'Connection lost. The machine was powered off.';
  return reason ? `Session ended: ${reason}.` : 'Session ended.';
}
