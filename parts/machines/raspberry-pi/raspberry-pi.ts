/**
 * A Raspberry Pi. QEMU has no program of its firmware, so nothing here starts an image the way that the board does: the image is
 * compared with what Raspberry Pi documents of the boot (https://www.raspberrypi.com/documentation/computers/raspberry-pi.html,
 * "Boot sequence", "EEPROM boot flow"; config_txt.html).
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readStart } from '../../../stage-images/contract/read-start.ts';
import { runTool } from '../../../stage-images/contract/tool.ts';
import { definePart } from '../../part.ts';
import type { Inspected, InspectionKind } from '../machine.ts';
import { judgeFolder } from './boot-folder.ts';
import { firmwarePartition, tableBytes } from './firmware-partition.ts';
import { models } from './models.ts';
import { RaspberryPiMachineParams } from './params.ts';
import { problem } from './problem.ts';

export const raspberryPi = definePart(
  RaspberryPiMachineParams,
  ({ model }): InspectionKind => ({
    inspection: {
      layout: `the layout that Raspberry Pi documents for the Raspberry Pi ${model}`,
      inspect: (disk, work) => inspect(disk, work, models[model]),
    },
  }),
);

async function inspect(disk: string, work: string, model: (typeof models)[keyof typeof models]): Promise<Inspected> {
  const found = firmwarePartition(await readStart(disk, tableBytes), model);
  if (found === undefined)
    return {
      seen: [],
      problems: [
        problem(
          `its firmware finds no FAT partition by the ${model.readsGpt ? 'MBR or the GPT' : 'MBR, and reads no GPT'}`,
          'See that the platform component brings a partition of the role esp, with an mbrType where the model reads no GPT.',
        ),
      ],
    };
  const folder = join(work, 'firmware');
  await mkdir(folder);
  await runTool('mcopy', ['-s', '-n', '-i', `${disk}@@${found.startBytes}`, '::*', folder]);
  const { seen, problems } = await judgeFolder(folder, model);
  return { seen: [`the FAT partition, which the ${found.table} names`, ...seen], problems };
}
