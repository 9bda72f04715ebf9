/** `ldf verify-artifact`: whether a file is what a build has made and signed, on any machine. */
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { LdfError } from '../../errors.ts';
import { mostSignatureBytes, type PublicKey, readPublicKey } from '../../signatures/minisign.ts';
import { type Cli, globalOptions } from '../cli.ts';
import { exitCodes } from '../exit-codes.ts';
import { documentOf, printResult } from '../json.ts';
import { publicKeyOf } from '../keys.ts';
import { formatTable } from '../output/table.ts';
import { withServer } from '../server-for-command.ts';
import { print, say } from '../terminal.ts';
import { checkArtifact, type Findings, wrong } from './check-artifact.ts';
import { type Finding, textOf } from './finding.ts';

interface Options {
  key?: string;
  keySet?: string;
  json?: boolean;
}

export function addVerifyArtifactCommand(program: Command, cli: Cli): void {
  program
    .command('verify-artifact')
    .summary('check hash, signature and provenance of a file')
    .description(
      'Checks a file by what lies beside it: SHA256SUMS, its signature (FILE.minisig) and the provenance (*.intoto.json). With --key no server is needed.',
    )
    .argument('<file>', 'an artifact')
    .option('--key <key>', 'the public key: what `ldf keys export-key` prints, as a file or as the word in it')
    .addOption(new Option('--key-set <name>', 'the key set of a server, whose public key is taken').conflicts('key'))
    .option('--json', 'print the findings as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  $ ldf verify-artifact out/sealed-0.1-x86_64.raw --key factory.pub\n\nExit codes: 0 it is what was signed, or without a key what SHA256SUMS lists; 1 it is not, or a paper is missing.',
    )
    .action(async (file: string, options: Options, command: Command) => {
      const { terminal } = cli;
      const key = await keyOf(cli, options, command);
      const findings = await checkArtifact(resolve(terminal.cwd, file), key);
      const error = refusal(file, findings, key);
      if (error) cli.exitCode = exitCodes.failed;
      if (options.json) return printResult(cli, resultOf(findings), error && documentOf(error));
      for (const line of lines(findings)) print(terminal, line);
      if (error) throw error;
      if (!key) say(terminal, 'No key was given: the signatures were not checked. Take --key or --key-set.');
    });
}

/** A public key as it was given: a file, or the word in it. */
async function keyOf(cli: Cli, { key, keySet }: Options, command: Command): Promise<PublicKey | undefined> {
  if (keySet !== undefined)
    return withServer(cli, globalOptions(command), async ({ client }) =>
      readPublicKey(publicKeyOf(await client.keys.get(keySet))),
    );
  if (key === undefined) return undefined;
  if (/^RW[A-Za-z0-9+/]{54}$/.test(key)) return readPublicKey(key);
  const text = await textOf(resolve(cli.terminal.cwd, key), mostSignatureBytes);
  if (text !== undefined) return readPublicKey(text);
  throw new LdfError('usage', `There is no public key at ${key}.`, {
    hint: 'Give what `ldf keys export-key` prints, as a file or as the word in it.',
  });
}

function refusal(file: string, findings: Findings, key: PublicKey | undefined): LdfError | undefined {
  const found = wrong(findings, key);
  const [first] = found;
  if (first)
    return new LdfError('artifact.refused', `${file}: ${first.message}.`, {
      ...(first.hint === undefined ? {} : { hint: first.hint }),
      details: found.map(({ message, hint }) => ({ pointer: '', message, ...(hint === undefined ? {} : { hint }) })),
    });
  const { checksum, provenance } = findings;
  if (checksum.state === 'missing' && provenance.state === 'missing')
    return new LdfError('artifact.refused', `${file}: there is nothing beside it to check it by.`, {
      hint: 'Download all files of its build: ldf download BUILD --output DIR',
    });
  return undefined;
}

function resultOf({ content: { blake2b: _, ...content }, ...findings }: Findings) {
  return { ...content, ...findings };
}

function lines({ content, checksum, signature, provenance }: Findings): string[] {
  const row = (what: string, { state, message }: Finding) => [what, state, message];
  return formatTable(
    [{ title: content.name }, { title: '' }, { title: '' }],
    [row('checksum', checksum), row('signature', signature), row('provenance', provenance)],
  );
}
