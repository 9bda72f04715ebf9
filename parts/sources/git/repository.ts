/** What git(1) fetches of a repository over the web, without its history, and makes of it. */
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { undefinedIfMissing } from '../../../src/missing-file.ts';
import { StageFailure } from '../../../stage-images/contract/failure.ts';
import { readTool, runTool, ToolError } from '../../../stage-images/contract/tool.ts';
import { type MakingContext, mostSourceBytes, type Route } from '../source.ts';

/** What every reference of a repository takes, as it is told before anything is fetched. */
const mostReferenceBytes = 64 << 20;

const asking = '/info/refs?service=git-upload-pack';
const pointer = '/kernel/url';

/** Exit code of timeout(1). */
const timedOut = 124;

export interface Bounds {
  /** Of what is fetched, and of the archive. A kernel's tree is 250 MB to fetch, and 1.5 GB as an archive. */
  mostBytes: number;
  mostMs: number;
  /** A server that sends nothing for so long is given up. */
  stallSeconds: number;
  attempts: number;
}

const usualBounds: Bounds = { mostBytes: mostSourceBytes, mostMs: 20 * 60_000, stallSeconds: 120, attempts: 3 };

const hints = {
  noRepository:
    'Give kernel.url the address that `git clone` takes, over https or http; or take an archive of it, by kernel.source: url.',
  commit: 'See that the commit was pushed there, and that kernel.commit has all of its digits.',
  tag: 'See with `git ls-remote --tags` which tags there are.',
  tooLarge: 'Name a repository of the kernel alone.',
  again: 'Check the address, and the network, DNS and proxy of the Docker host; then try again.',
};

/** Runs `act` with a repository that is gone afterwards. @throws StageFailure for what the server says, with the place of its address */
export async function withRepository<Result>(
  { web, work, log }: MakingContext,
  url: string,
  act: (repository: Repository) => Promise<Result>,
  bounds: Partial<Bounds> = {},
): Promise<Result> {
  const asked = `${url.replace(/\/+$/, '')}${asking}`;
  const route = await web.route(asked, { pointer, mostBytes: mostReferenceBytes });
  if (!route.url.endsWith(asking)) throw failure('source.unusable', url, 'leads to no repository', hints.noRepository);
  const folder = await mkdtemp(join(work, 'git-'));
  try {
    const settings = await settingsFor(route, folder);
    const repository = new Repository(url, route.url.slice(0, -asking.length), folder, settings, log, {
      ...usualBounds,
      ...bounds,
    });
    await repository.read(['init', '--quiet', '--bare', '.']);
    return await act(repository);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** By the environment: a proxy may have a password, and arguments are seen by every process. */
async function settingsFor(route: Route, folder: string): Promise<Record<string, string>> {
  const { hostname, port, protocol } = new URL(route.url);
  const authorities = join(folder, 'certificates.pem');
  if (route.certificates !== undefined) await writeFile(authorities, route.certificates);
  const settings: [string, string][] = [
    ['protocol.allow', 'never'],
    ['protocol.http.allow', 'always'],
    ['protocol.https.allow', 'always'],
    ['http.followRedirects', 'false'],
    ['http.proxy', route.proxy ?? ''],
    ['credential.helper', ''],
    // One pack: its size is bounded as that of a file.
    ['fetch.unpackLimit', '1'],
    // What an archive says of its commit does not depend on what else is in the repository.
    ['core.abbrev', '40'],
    ['tar.umask', '0002'],
    ...(route.certificates === undefined ? [] : [['http.sslCAInfo', authorities] as [string, string]]),
  ];
  if (route.addresses.length > 0) {
    const at = `${hostname}:${port || (protocol === 'https:' ? '443' : '80')}`;
    settings.push(['http.curloptResolve', `${at}:${route.addresses.join(',')}`]);
  }
  return {
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: join(folder, 'none'),
    GIT_TERMINAL_PROMPT: '0',
    GIT_CONFIG_COUNT: String(settings.length),
    ...Object.fromEntries(settings.map(([key], index) => [`GIT_CONFIG_KEY_${index}`, key])),
    ...Object.fromEntries(settings.map(([, value], index) => [`GIT_CONFIG_VALUE_${index}`, value])),
  };
}

export class Repository {
  readonly #name: string;
  readonly #address: string;
  readonly #folder: string;
  readonly #env: Record<string, string>;
  readonly #log: (line: string) => void;
  readonly #bounds: Bounds;

  constructor(
    name: string,
    address: string,
    folder: string,
    env: Record<string, string>,
    log: (line: string) => void,
    bounds: Bounds,
  ) {
    this.#name = name;
    this.#address = address;
    this.#folder = folder;
    this.#env = env;
    this.#log = log;
    this.#bounds = bounds;
  }

  /** @throws StageFailure `source.gone` when it is not there, `source.unusable` for what is no commit. */
  async fetchCommit(commit: string): Promise<void> {
    await this.#fetch(commit, { pointer: '/kernel/commit', value: commit, hint: hints.commit });
    const kind = await this.read(['cat-file', '-t', commit]);
    if (kind !== 'commit')
      throw failure('source.unusable', commit, `is a ${kind}, and no commit`, hints.commit, '/kernel/commit');
  }

  /** The text of a tag; undefined where it has none and is but a name of a commit. @throws StageFailure `source.gone` */
  async fetchTag(tag: string): Promise<string | undefined> {
    const ref = `refs/tags/${tag}`;
    await this.#fetch(`+${ref}:${ref}`, { pointer: '/kernel/tag', value: tag, hint: hints.tag });
    return (await this.read(['cat-file', '-t', ref])) === 'tag' ? this.read(['cat-file', 'tag', ref]) : undefined;
  }

  /** When a commit was made, in seconds since the epoch. */
  async dateOf(commit: string): Promise<number> {
    return Number(await this.read(['show', '--no-patch', '--format=%ct', commit]));
  }

  /** A file of a commit; undefined when there is none. */
  async file(commit: string, path: string): Promise<string | undefined> {
    const found = await this.read(['ls-tree', '--name-only', commit, path]);
    return found === '' ? undefined : this.read(['show', `${commit}:${path}`]);
  }

  /** The tree of a commit as one tar, which depends on nothing but the commit. */
  async archive(commit: string, target: string): Promise<void> {
    try {
      await this.#run(['archive', '--format=tar', '--prefix=linux/', `--output=${target}`, commit], this.#log);
    } catch (error) {
      throw (await this.#isFull([target])) ? this.#tooLarge() : error;
    }
  }

  read(args: readonly string[]): Promise<string> {
    return readTool('git', args, { cwd: this.#folder, env: this.#env });
  }

  async #fetch(what: string, place: { pointer: string; value: string; hint: string }): Promise<void> {
    const args = ['fetch', '--progress', '--depth=1', '--no-tags', '--no-recurse-submodules', this.#address, what];
    for (let attempt = 1; ; attempt++) {
      const said: string[] = [];
      try {
        return await this.#run(args, (line) => {
          if (!line.includes('%')) said.push(line);
          if (/^[^%]*$|\b[0-9]?0%/.test(line)) this.#log(line);
        });
      } catch (error) {
        if (!(error instanceof ToolError)) throw error;
        // What writes beyond the limit is ended without a word.
        const packs = join(this.#folder, 'objects/pack');
        if (await this.#isFull((await readdir(packs)).map((name) => join(packs, name)))) throw this.#tooLarge();
        const problem = this.#explain(said.join('\n'), error, place);
        if (problem.error.retry === undefined || attempt >= this.#bounds.attempts) throw problem;
        this.#log(`${problem.error.message} Trying again.`);
      }
    }
  }

  #explain(
    said: string,
    { exitCode }: ToolError,
    place: { pointer: string; value: string; hint: string },
  ): StageFailure {
    const { mostMs } = this.#bounds;
    if (/not our ref|couldn't find remote ref|unadvertised object/.test(said))
      return failure('source.gone', place.value, `is not in ${this.#name}`, place.hint, place.pointer);
    if (/not valid: is this a git repository|dumb http/.test(said))
      return failure('source.unusable', this.#name, 'is no repository of git', hints.noRepository);
    const why = /^(?:fatal|error): (.*)$/m.exec(said)?.[1] ?? `git exited with ${exitCode}`;
    const slow = `is too slow: it was not all there after ${mostMs / 1000} seconds`;
    const words = exitCode === timedOut ? slow : `could not be fetched: ${why}`;
    return failure('source.unreachable', this.#name, words, hints.again, pointer, { retry: 'same' });
  }

  async #isFull(paths: readonly string[]): Promise<boolean> {
    const found = await Promise.all(paths.map((path) => stat(path).catch(undefinedIfMissing)));
    return found.some((file) => file !== undefined && file.size >= this.#bounds.mostBytes);
  }

  #tooLarge(): StageFailure {
    const what = `has more than ${this.#bounds.mostBytes} bytes; at most so many are fetched`;
    return failure('source.too-large', this.#name, what, hints.tooLarge);
  }

  /** git(1) with no more time, and no larger file, than there may be. */
  async #run(args: readonly string[], onLine: (line: string) => void): Promise<void> {
    const { mostBytes, mostMs, stallSeconds } = this.#bounds;
    const slow = ['-c', 'http.lowSpeedLimit=1', '-c', `http.lowSpeedTime=${stallSeconds}`];
    // timeout(1) ends the programs that git has started, too.
    const bounded = ['--kill-after=5', String(mostMs / 1000), 'prlimit', `--fsize=${mostBytes}`];
    await runTool('timeout', [...bounded, 'git', ...slow, ...args], { cwd: this.#folder, env: this.#env, onLine });
  }
}

/** About a value of the definition, and where it stands. */
export function failure(
  code: string,
  value: string,
  what: string,
  hint: string,
  at = pointer,
  more: { retry?: 'same' } = {},
): StageFailure {
  const message = `${value} ${what}`;
  const details = [{ pointer: at, message, value, hint }];
  return new StageFailure({ code, message: `${message}.`, hint, ...more, details });
}
