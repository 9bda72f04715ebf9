/** `ldf keys`: the key sets that images and artifacts are signed with. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { LdfError } from '../errors.ts';
import type { KeySet } from '../model/key-set.ts';
import { publicKeyFile, readPublicKey } from '../signatures/minisign.ts';
import { publicKeyObject } from '../signatures/signer.ts';
import { type Cli, globalOptions } from './cli.ts';
import { fileError } from './files/file-error.ts';
import { printResult } from './json.ts';
import { formatTable } from './output/table.ts';
import { withServer } from './server-for-command.ts';
import { print } from './terminal.ts';

const columns = [
  { title: 'NAME' },
  { title: 'EXPIRES' },
  { title: 'SHA-256' },
  { title: 'ARTIFACT KEY' },
  { title: 'STATE' },
] as const;

interface Json {
  json?: boolean;
}

interface ImportOptions extends Json {
  cert: string;
  key: string;
  artifactKey?: string;
}

export function addKeysCommand(program: Command, cli: Cli): void {
  const { terminal } = cli;
  const keys = program
    .command('keys')
    .summary('manage the key sets that images and artifacts are signed with')
    .description(
      'Manages the key sets that `signing.secureBoot`, `signing.modules` and `signing.artifacts` of a definition name. Private keys stay in the folder of the server (LDF_KEYS_DIR), for its owner alone.',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  $ ldf keys create factory\n  $ ldf keys export-cert factory > factory.pem    to enrol in machines\n  $ ldf keys export-key factory > factory.pub     for whoever checks artifacts',
    );

  keys
    .command('list')
    .summary('list the key sets')
    .description('Lists the key sets, and what is wrong with those that not everything can be signed with.')
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
    .description('Makes an RSA key and a certificate for Secure Boot, and an Ed25519 key for artifacts.')
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
      'Takes in an RSA key and its certificate, both PEM, the key without a passphrase; and a key for artifacts, which is made where none is given. They are sent to the server: over plain HTTP to a loopback address only.',
    )
    .argument('<name>', 'what definitions are to call it')
    .requiredOption('--cert <file>', 'the certificate')
    .requiredOption('--key <file>', 'the private key')
    .option('--artifact-key <file>', 'an Ed25519 key that signs artifacts; default: a new one')
    .option('--json', 'print it as JSON')
    .action(async (name: string, options: ImportOptions, command: Command) => {
      const { artifactKey } = options;
      const imported = {
        certificate: await readPem(cli, 'certificate', options.cert),
        privateKey: await readPem(cli, 'private key', options.key),
        ...(artifactKey === undefined ? {} : { artifactKey: await readPem(cli, 'key for artifacts', artifactKey) }),
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
    .command('export-key')
    .summary('print the public key that artifacts are checked with')
    .description('Prints the public key of a key set, which is no secret: whoever checks artifacts needs it.')
    .argument('<name>', 'the key set')
    .option('--pem', 'as PEM, for cosign and openssl; default: as minisign takes it')
    .action(async (name: string, { pem }: { pem?: boolean }, command: Command) => {
      await withServer(cli, globalOptions(command), async ({ client }) => {
        const word = publicKeyOf(await client.keys.get(name));
        const { publicKey } = readPublicKey(word);
        const spki = () => String(publicKeyObject(publicKey).export({ type: 'spki', format: 'pem' }));
        terminal.stdout.write(pem ? spki() : publicKeyFile(word));
      });
    });

  keys
    .command('add-artifact-key')
    .summary('give a key set of an earlier version a key for artifacts')
    .description('Makes the Ed25519 key of a key set that has none yet.')
    .argument('<name>', 'the key set')
    .option('--json', 'print it as JSON')
    .action(async (name: string, { json }: Json, command: Command) => {
      await withServer(cli, globalOptions(command), async ({ client }) => {
        const changed = await client.keys.addArtifactKey(name);
        if (json) return printResult(cli, changed);
        for (const line of described(changed)) print(terminal, line);
      });
    });

  keys
    .command('delete')
    .summary('delete a key set and its private keys')
    .description(
      'Deletes a key set and its private keys permanently. Signed images keep booting, but cannot be built to the same bytes again.',
    )
    .argument('<name>', 'the key set')
    .action(async (name: string, _options: unknown, command: Command) => {
      await withServer(cli, globalOptions(command), async ({ client }) => {
        await client.keys.remove(name);
        print(terminal, `Deleted the key set ${name}.`);
      });
    });
}

/** @throws LdfError `state.conflict` */
export function publicKeyOf({ name, artifactKey, artifactProblem }: KeySet): string {
  if (artifactKey) return artifactKey.publicKey;
  throw new LdfError(
    'state.conflict',
    `The key set ${name} ${artifactProblem?.message ?? 'has no key for artifacts'}.`,
    {
      ...(artifactProblem ? { hint: artifactProblem.hint } : {}),
    },
  );
}

function row({ name, certificate, artifactKey, ...set }: KeySet): string[] {
  const expires = certificate?.expiresAt.slice(0, 10) ?? '';
  const state = problemsOf(set).map(({ message }) => message);
  return [name, expires, certificate?.sha256.slice(0, 16) ?? '', artifactKey?.id ?? '', state.join('; ') || 'ok'];
}

function described({ name, certificate, artifactKey, ...set }: KeySet): string[] {
  return [
    `Key set ${name}: sign with it by \`signing: { secureBoot: ${name}, artifacts: ${name} }\` in a definition.`,
    ...(certificate
      ? [`  certificate   ${certificate.sha256}`, `  expires       ${certificate.expiresAt.slice(0, 10)}`]
      : []),
    ...(artifactKey ? [`  artifact key  ${artifactKey.publicKey}`] : []),
    ...problemsOf(set).map(({ message, hint }) => `  It ${message}. ${hint}`),
  ];
}

/** What is wrong with both keys, such as an expired certificate, once. */
function problemsOf({ problem, artifactProblem }: Pick<KeySet, 'problem' | 'artifactProblem'>) {
  return [problem, artifactProblem]
    .flatMap((one) => one ?? [])
    .filter(({ message }, index, all) => all.findIndex((other) => other.message === message) === index);
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
