/** What Docker's failures mean to a user: every error that leaves this folder is an LdfError. */
import { LdfError } from '../../errors.ts';

/** Waits for an answer of the engine; `doing` completes "could not …" when there is none. */
export async function answerOf<Answer>(doing: string, answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer;
  } catch (error) {
    throw dockerError(doing, error);
  }
}

/** Like `asking`, but a 404 of the engine (no such container, volume, image or path) is the answer `undefined`. */
export async function answerIfThere<Answer>(doing: string, answer: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (httpStatus(error) === 404) return undefined;
    throw dockerError(doing, error);
  }
}

/** The HTTP status an error of the engine came with, if it came from the engine at all. */
export function httpStatus(error: unknown): number | undefined {
  return error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number'
    ? error.statusCode
    : undefined;
}

/** The engine's own words, without the frame "(HTTP code 409) conflict - …" that docker-modem puts around them. */
export function engineMessage(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return /^\(HTTP code \d+\) .*? - (.*)$/s.exec(error.message)?.[1]?.trim() ?? error.message;
}

const unreachable: Readonly<Record<string, { message: string; hint: string }>> = {
  ENOENT: {
    message: 'Docker is not installed or not running: its socket does not exist.',
    hint: 'Install Docker Engine and start it (`npm run setup` does both as root on Debian and Ubuntu), or set LDF_DOCKER_HOST.',
  },
  ECONNREFUSED: {
    message: 'Docker is not running: nothing listens at its address.',
    hint: 'Start it: `systemctl start docker`, or `npm run setup` where no service manager runs.',
  },
  EACCES: {
    message: "You may not use Docker: its socket is not open to this user's groups.",
    hint: 'Add the user to the group docker (`usermod -aG docker USER`, then log in again), or run as root.',
  },
  ENOTFOUND: {
    message: 'Docker cannot be reached: its host name is not known.',
    hint: 'Check LDF_DOCKER_HOST and DOCKER_HOST.',
  },
};

/** Errors of the connection itself, whatever was asked. */
const connectionCodes = new Set([
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
  'HPE_INVALID_CONSTANT',
]);

/** Turns a failure into an LdfError whose message says what could not be done and why. */
export function dockerError(doing: string, error: unknown): LdfError {
  if (error instanceof LdfError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const known = unreachable[code === 'EPERM' ? 'EACCES' : code];
  if (known) return new LdfError('docker.unavailable', known.message, { hint: known.hint, cause: error });
  const words = engineMessage(error);
  if (connectionCodes.has(code))
    return new LdfError('docker.unavailable', `The connection to Docker broke while it was to ${doing}: ${words}`, {
      hint: 'See whether the Docker engine runs and is not restarting: `docker info`.',
      cause: error,
    });
  if (isFull(words))
    return new LdfError('storage.full', `Docker could not ${doing}: there is no space left on its disk.`, {
      hint: 'Free space where Docker keeps its data (`docker system df` shows what takes it).',
      cause: error,
    });
  return new LdfError('internal', `Docker could not ${doing}: ${words}`, { cause: error });
}

/** Whether a message of Docker, tar or a package manager says that a disk is full (ENOSPC, strerror(3)). */
export function isFull(message: string): boolean {
  return /no space left on device|ENOSPC/i.test(message);
}
