/** `ldf system`: what LDF runs on, and what would keep builds from running. */
import type { Command } from 'commander';
import { formatBytes } from '../amounts.ts';
import type { SystemStatus } from '../model/system.ts';
import { type Cli, globalOptions } from './cli.ts';
import { exitCodes } from './exit-codes.ts';
import { type ErrorDocument, printResult } from './json.ts';
import { type Paint, paintFor } from './output/style.ts';
import { withServer } from './server-for-command.ts';
import { print } from './terminal.ts';

export function addSystemCommand(program: Command, cli: Cli): void {
  program
    .command('system')
    .summary('show Docker, disk and queue, and what is wrong with them')
    .description(
      'Shows what LDF runs on: Docker, disk, queue, and everything that would keep builds from running, with its way out. Exit code 1 when there is anything of that kind.',
    )
    .option('--json', 'print it as JSON')
    .action(async (options: { json?: boolean }, command: Command) => {
      const { terminal } = cli;
      await withServer(cli, globalOptions(command), async ({ client }) => {
        const system = await client.system();
        if (system.problems.length > 0) cli.exitCode = exitCodes.failed;
        if (options.json) return printResult(cli, system, problemDocument(system));
        for (const line of systemLines(system, paintFor(terminal.stdout, terminal.env))) print(terminal, line);
      });
    });
}

function problemDocument({ problems }: SystemStatus): ErrorDocument | null {
  const [first] = problems;
  if (first === undefined) return null;
  return {
    code: 'system.not-ready',
    message: first.message,
    hint: first.hint,
    details: problems.map(({ message, hint }) => ({ pointer: '', message, hint })),
  };
}

function diskLines(disk: SystemStatus['disk']): string[] {
  const { layerBytes, sourceBytes, cacheBytes, artifactBytes, usedBytes, budgetBytes } = disk;
  const parts = [
    `${formatBytes(layerBytes)} of layers`,
    `${formatBytes(sourceBytes)} of sources`,
    ...(cacheBytes === null ? [] : [`${formatBytes(cacheBytes)} of caches`]),
    `${formatBytes(artifactBytes)} of artifacts`,
  ];
  const free =
    disk.dockerFreeBytes === null ? '' : ` there, ${formatBytes(disk.dockerFreeBytes)} where Docker's volumes are`;
  const budget = budgetBytes === null ? 'no budget' : `the budget is ${formatBytes(budgetBytes)}`;
  return [
    `Disk     ${formatBytes(usedBytes)} used: ${parts.join(', ')}`,
    `         ${formatBytes(disk.freeBytes)} free${free}; ${budget}, and ${formatBytes(disk.reserveBytes)} are left to others`,
  ];
}

function systemLines(system: SystemStatus, paint: Paint): string[] {
  const { docker, disk, queue, problems } = system;
  const capacity = [
    docker.architecture ?? [],
    docker.cpus === null ? [] : [`${docker.cpus} CPUs`],
    docker.memoryBytes === null ? [] : [formatBytes(docker.memoryBytes)],
    docker.kvm === null ? [] : [docker.kvm ? 'KVM' : 'no KVM: guests are emulated'],
  ].flat();
  return [
    `LDF      ${system.version}`,
    `Docker   ${docker.reachable ? [docker.version ?? 'of unknown version', ...capacity].join(', ') : paint('red', 'does not answer')}`,
    `Data     ${system.dataDir}`,
    ...diskLines(disk),
    `Queue    ${queue.running} running, ${queue.queued} waiting`,
    ...(problems.length === 0 ? [paint('green', 'Builds can run.')] : ['', 'What keeps builds from running:']),
    ...problems.flatMap(({ message, hint }) => [
      `  ${paint('red', '✗')} ${message}`,
      `    ${paint('yellow', 'hint:')} ${hint}`,
    ]),
  ];
}
