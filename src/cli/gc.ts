/** `ldf gc`: makes room on the disk, or says what would go and why. */
import type { Command } from 'commander';
import { formatBytes, formatCount } from '../amounts.ts';
import type { GcReport } from '../model/disk.ts';
import { type Cli, globalOptions } from './cli.ts';
import { readSize } from './option-values.ts';
import { formatTime } from './output/format.ts';
import { formatTable } from './output/table.ts';
import { withServer } from './server-for-command.ts';
import { print, printJson } from './terminal.ts';

const goingColumns = [
  { title: 'KIND' },
  { title: 'WHAT' },
  { title: 'SIZE', align: 'right' },
  { title: 'LAST USED' },
  { title: 'WHY' },
] as const;

const stayingColumns = [
  { title: 'KIND' },
  { title: 'COUNT', align: 'right' },
  { title: 'SIZE', align: 'right' },
  { title: 'WHY' },
] as const;

interface GcOptions {
  dryRun?: boolean;
  free?: number;
  json?: boolean;
}

export function addGcCommand(program: Command, cli: Cli): void {
  program
    .command('gc')
    .summary('free disk space')
    .description(
      'Removes layers, sources, caches and, after those, images of old builds, least recently used first, until LDF is within LDF_DISK_BUDGET and LDF_DISK_RESERVE. What a queued or running build needs stays. It runs by itself as builds begin and end.',
    )
    .option('--dry-run', 'show what would be removed and why, and remove nothing')
    .option('--free <size>', 'free at least so much, such as 5G, in any case', readSize)
    .option('--json', 'print it as JSON')
    .action(async ({ dryRun = false, free = 0, json }: GcOptions, command: Command) => {
      const { terminal } = cli;
      await withServer(cli, globalOptions(command), async ({ client }) => {
        const outcome = await client.gc({ dryRun, freeBytes: free });
        if (json) return printJson(terminal, outcome);
        for (const line of gcLines(outcome)) print(terminal, line);
      });
    });
}

function gcLines({ dryRun, wantedBytes, freedBytes, removed, kept }: GcReport): string[] {
  const going = removed.map(({ kind, name, sizeBytes, lastUsedAt, why }) => [
    kind,
    name,
    formatBytes(sizeBytes),
    formatTime(lastUsedAt),
    why,
  ]);
  const staying = kept.map(({ kind, count, sizeBytes, why }) => [kind, String(count), formatBytes(sizeBytes), why]);
  const short = wantedBytes > freedBytes ? `, and ${formatBytes(wantedBytes)} were to be freed` : '';
  const verb = dryRun ? 'would be removed' : 'removed';
  return [
    ...(going.length > 0 ? [...formatTable(goingColumns, going), ''] : []),
    ...(staying.length > 0 ? ['What stays:', ...formatTable(stayingColumns, staying), ''] : []),
    wantedBytes === 0
      ? 'Nothing needs to be removed: everything is within budget and reserve.'
      : `${formatCount(removed.length, 'item')} ${verb}, ${formatBytes(freedBytes)}${short}.`,
  ];
}
