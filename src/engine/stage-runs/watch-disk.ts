/** Looks after the disk while a stage runs, so that the stage ends before the disk is really full. */

import { formatBytes } from '../../amounts.ts';
import type { DiskSpace } from '../../disk-space.ts';
import { LdfError } from '../../errors.ts';
import type { StageName } from '../../stages/names.ts';
import type { Engine } from '../core/dependencies.ts';

/** Looks every `diskPollMs` until it is called off; `onFull` is called once, with the error to end the stage with. */
export function watchDisk(engine: Engine, stage: StageName, onFull: (error: LdfError) => void): () => void {
  const { clock, config, logger } = engine;
  let cancel: () => void = () => undefined;
  let over = false;
  const look = async () => {
    try {
      const full = await findFullDisk(engine, stage);
      if (over) return;
      if (full) return onFull(full);
    } catch (error) {
      logger.warn({ err: error, stage }, 'the disk could not be looked at');
    }
    if (!over) cancel = clock.timer(config.diskPollMs, () => void look());
  };
  cancel = clock.timer(config.diskPollMs, () => void look());
  return () => {
    over = true;
    cancel();
  };
}

async function findFullDisk({ runtime, artifacts, config, cleanUp }: Engine, stage: StageName) {
  const [docker, data] = await Promise.all([runtime.disk(), artifacts.disk()]);
  const tightest = [data, ...(docker ? [docker] : [])].reduce((a, b) => (b.freeBytes < a.freeBytes ? b : a));
  // In time, what nobody needs makes room.
  if (tightest.freeBytes < config.diskReserveBytes) cleanUp();
  if (tightest.freeBytes >= config.diskMinimumBytes) return undefined;
  return diskFull(stage, tightest === docker ? 'where Docker keeps its volumes' : 'where the data folder is', tightest);
}

function diskFull(stage: StageName, where: string, { freeBytes }: DiskSpace): LdfError {
  return new LdfError(
    'storage.full',
    `Stage ${stage} was ended because the disk is nearly full: ${formatBytes(freeBytes)} are free ${where}.`,
    { hint: 'Free some space (`ldf gc --dry-run` shows what LDF could remove), then retry the build.' },
  );
}
