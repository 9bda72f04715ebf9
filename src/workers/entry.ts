/** A worker thread: does one task after the other, and tells what came of each. */
import { parentPort } from 'node:worker_threads';
import { LdfError } from '../errors.ts';
import type { Reply } from './pool.ts';
import { perform, type Task } from './tasks.ts';

parentPort?.on('message', (task: Task) => parentPort?.postMessage(replyTo(task)));

function replyTo(task: Task): Reply {
  try {
    return { outcome: perform(task) };
  } catch (error) {
    if (!(error instanceof LdfError)) throw error;
    const { code, message, hint, details, subcode } = error;
    return { refused: { code, message, hint, details, subcode } };
  }
}
