/** The picture of a guest's screen. */
import { rm } from 'node:fs/promises';
import type { Guest } from './guest.ts';
import { MonitorError } from './monitor.ts';

/** Drawing a screen takes milliseconds; a QEMU that is busier than that gets so long. */
const pictureMs = 30_000;

/**
 * Takes a picture of a guest that has a screen, as PNG at `path`. Gives why there is none, when there should be one: a
 * guest that has ended by itself, say, shows nothing any more.
 */
export async function takePicture(guest: Guest, path: string): Promise<string | undefined> {
  if (!guest.screenshot) return undefined;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`QEMU drew none within ${pictureMs / 1000} s`), pictureMs);
  });
  const taken = guest.screenshot(path).then(
    () => undefined,
    (error: unknown) => {
      if (error instanceof MonitorError) return error.message;
      throw error;
    },
  );
  try {
    const trouble = await Promise.race([taken, late]);
    // What was begun is no picture.
    if (trouble !== undefined) await rm(path, { force: true });
    return trouble;
  } finally {
    clearTimeout(timer);
  }
}
