/** A private key for tools that want it as a file: it is there while they run, in /tmp, which is memory and goes with the container. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** @param use what runs the tool, with the path of the key; the file is gone when it has ended, however that was */
export async function withPrivateKeyFile<Result>(
  privateKey: string,
  use: (path: string) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'key-'));
  try {
    const path = join(folder, 'private-key.pem');
    await writeFile(path, privateKey, { mode: 0o600 });
    return await use(path);
  } finally {
    await rm(folder, { recursive: true });
  }
}
