/** `ldf keys`: the key sets that images are signed with. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import type { KeySet } from '../model/key-set.ts';
import { type Cli, globalOptions } from './cli.ts';
import { fileError } from './files/file-error.ts';
import { printResult } from './json.ts';
import { formatTable } from './output/table.ts';
import { withServer } from './server-for-command.ts';
import { print } from './terminal.ts';

const columns = [{ title: 'NAME' }, { title: 'EXPIRES' }, { title: 'SHA-256' }, { title: 'STATE' }] as const;

interface Json {
  json?: boolean;
}

export function addKeysCommand(program: Command, cli: Cli): void {
  const { terminal } = cli;
  const keys = program
    .command('keys')
    .summary('manage the key sets that images are signed with')
    .description(
      'Manages the key sets that `signing.secureBoot` of a definition names. Private keys stay in the folder of the server (LDF_KEYS_DIR), for its owner alone.',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  $ ldf keys create factory\n  $ ldf keys export-cert factory > factory.pem    to enrol in machines',
    );

  keys
    .command('list')
    .summary('list the key sets')
    .description('Lists the key sets, and what is wrong with those that nothing can be signed with.')
    .option('--json', 'print them as JSON: {items}')
    .action(async ({ json }: Json, command: Command) => {
      await withServer(cli, globalOptions(command), async ({ client }) => {
        const items = await client.keys.list();
        if (json) return printResult(cli, { items });
        for (const line of formatTable(columns, items.map(row))) print(terminal, line);
      });
    });

  keys
    .command('create')
    .summary('make a key set')
    .description('Makes an RSA key and a certificate for Secure Boot.')
    .argument('<name>', 'what definitions call it')
    .option('--days <number>', 'how long the certificate is valid; firmware does not look at it', readDays)
    .option('--json', 'print it as JSON')
    .action(async (name: string, { days, json }: Json & { days?: number }, command: Command) => {
      await withServer(cli, globalOptions(command), async ({ client }) => {
        const made = await client.keys.create({ name, ...(days === undefined ? {} : { days }) });
        if (json) return printResult(cli, made);
        for (const line of described(made)) print(terminal, line);
      });
    });

  keys
    .command('import')
    .summary('take in a key and its certificate')
    .description(
      'Takes in an RSA key and its certificate, both PEM, the key without a passphrase. They are sent to the server: over plain HTTP to a loopback address only.',
    )
    .argument('<name>', 'what definitions are to call it')
    .requiredOption('--cert <file>', 'the certificate')
    .requiredOption('--key <file>', 'the private key')
    .option('--json', 'print it as JSON')
    .action(async (name: string, options: Json & { cert: string; key: string }, command: Command) => {
      const imported = {
        certificate: await readPem(cli, 'certificate', options.cert),
        privateKey: await readPem(cli, 'private key', options.key),
      };
      await withServer(cli, globalOptions(command), async ({ client }) => {
        const made = await client.keys.create({ name, imported });
        if (options.json) return printResult(cli, made);
        for (const line of described(made)) print(terminal, line);
      });
    });

  keys
    .command('export-cert')
    .summary('print the certificate of a key set')
    .description('Prints the certificate (PEM), which is no secret: machines are given it to enrol.')
    .argument('<name>', 'the key set')
    .action(async (name: string, _options: unknown, command: Command) => {
      await withServer(cli, globalOptions(command), async ({ client }) => {
        terminal.stdout.write(await client.keys.certificate(name));
      });
    });

  keys
    .command('delete')
    .summary('delete a key set and its private key')
    .description(
      'Deletes a key set and its private key permanently. Signed images keep booting, but cannot be built to the same bytes again.',
    )
    .argument('<name>', 'the key set')
    .action(async (name: string, _options: unknown, command: Command) => {
      await withServer(cli, globalOptions(command), async ({ client }) => {
        await client.keys.remove(name);
        print(terminal, `Deleted the key set ${name}.`);
      });
    });
}

function row({ name, certificate, problem }: KeySet): string[] {
  const expires = certificate?.expiresAt.slice(0, 10) ?? '';
  return [name, expires, certificate?.sha256.slice(0, 16) ?? '', problem?.message ?? 'ok'];
}

function described({ name, certificate, problem }: KeySet): string[] {
  return [
    `Key set ${name}: sign with it by \`signing: { secureBoot: ${name} }\` in a definition.`,
    ...(certificate
      ? [`  certificate  ${certificate.sha256}`, `  expires      ${certificate.expiresAt.slice(0, 10)}`]
      : []),
    ...(problem ? [`  It ${problem.message}. ${problem.hint}`] : []),
  ];
}

function readDays(text: string): number {
  if (/^[1-9][0-9]{0,4}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a number of days.');
}

async function readPem({ terminal }: Cli, what: string, path: string): Promise<string> {
  return readFile(resolve(terminal.cwd, path), 'utf8').catch((error: unknown) => {
    throw fileError(error, `The ${what} ${path} cannot be read`);
  });
}
