/** `ldf open`: the web UI, for a browser that has not signed in. */
import type { Command } from 'commander';
import { LdfError } from '../errors.ts';
import { type Cli, globalOptions } from './cli.ts';
import { printResult } from './json.ts';
import { withServer } from './server-for-command.ts';
import { print, say } from './terminal.ts';

interface Options {
  url?: string;
  browser: boolean;
  json?: boolean;
}

export function addOpenCommand(program: Command, cli: Cli): void {
  program
    .command('open')
    .summary('open the web UI, signed in')
    .description(
      'Prints a link that signs a browser in, and opens it where there is a desktop. The link works once, within ten minutes.',
    )
    .option('--url <url>', 'the address under which the browser reaches the server, if it is another one')
    .option('--no-browser', 'only print the link')
    .option('--json', 'only print the link, as JSON: {url}')
    .addHelpText(
      'after',
      '\nExamples:\n  $ ldf open\n  $ ldf open --no-browser --url http://127.0.0.1:9090   through a tunnel, or from a container',
    )
    .action(async (options: Options, command: Command) => {
      await withServer(cli, globalOptions(command), async ({ client, kind, url }) => {
        if (kind === 'own')
          throw new LdfError('server.unreachable', 'No server runs on this data folder.', {
            hint: 'Start one with `ldf serve`.',
          });
        const { authentication } = await client.session.get();
        const fragment = authentication === 'none' ? '' : `#code=${(await client.session.code()).code}`;
        const link = `${pageAddress(options.url ?? url)}${fragment}`;
        if (options.json) return printResult(cli, { url: link });
        print(cli.terminal, link);
        if (options.browser) await openInBrowser(cli, link);
      });
    });
}

/** @throws LdfError `usage` for what is no address. */
function pageAddress(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return new URL('/', text).href;
  throw new LdfError('usage', `${JSON.stringify(text)} is not a URL.`, { hint: 'Write it as http://HOST:PORT.' });
}

/** xdg-open(1); the link was printed, so whoever has no desktop lacks nothing. */
async function openInBrowser({ terminal }: Cli, link: string): Promise<void> {
  const { env } = terminal;
  const desktop = Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
  if (!desktop || terminal.stdout.isTTY !== true) return;
  const { execa } = await import('execa');
  const { failed } = await execa('xdg-open', [link], { stdio: 'ignore', reject: false, timeout: 10_000 });
  if (failed) say(terminal, 'The browser could not be started; open the link in it.');
}
