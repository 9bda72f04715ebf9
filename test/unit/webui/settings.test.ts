import { expect, it } from 'vitest';
import { loadConfig } from '../../../src/config.ts';
import { stageNames } from '../../../src/stages/registry.ts';
import { stageLimits } from '../../../src/webui/views/settings/stage-limits.ts';

it('limits of stages are a table without gaps, each under the name its variable has', () => {
  const { inForce } = loadConfig({ HOME: '/home/me', LDF_STAGE_CPUS_BOOT: '0.5' });
  const { limits, rows } = stageLimits(inForce);
  expect(limits).toEqual(['TIMEOUT', 'SILENCE', 'MEMORY', 'PIDS', 'CPUS', 'LOG', 'OUTPUT']);
  expect(rows.map(({ stage }) => stage)).toEqual([...stageNames]);
  for (const { stage, cells } of rows)
    cells.forEach((cell, index) => {
      expect(cell?.name).toBe(`LDF_STAGE_${limits[index]}_${stage.toUpperCase()}`);
    });
  expect(rows.at(-1)?.cells[4]).toMatchObject({ value: '0.5', given: true });
});
