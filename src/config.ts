/** Configuration: what the environment says, checked at start with every problem named. */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type * as z from 'zod';
import { isLoopback } from './access/loopback.ts';
import { nearest } from './definition/nearest.ts';
import type { StageRunLimits } from './engine/core/config.ts';
import { countedProblems, type ErrorDetail, LdfError } from './errors.ts';
import type { SettingStatus } from './model/system.ts';
import {
  composeVariables,
  type LogLevel,
  named,
  type Setting,
  serverSettings,
  settings,
  stageSettings,
} from './settings.ts';
import type { StageName } from './stages/names.ts';
import type { StageNetwork } from './stages/network.ts';
import { forEachStage } from './stages/registry.ts';

/** Bounds of the HTTP API that nobody has had a reason to configure. */
export const apiBounds = {
  /** One message of what is typed on a console, or pasted into it. */
  maxTypedBytes: 64 << 10,
  /** A definition of the largest size (16 MiB), escaped, with its lock. */
  maxDefinitionBodyBytes: 32 << 20,
  /** A component with the files that it brings. */
  maxComponentBodyBytes: 1 << 20,
  /** Every other body: a few choices. */
  maxBodyBytes: 64 << 10,
  /** An archive of stage images. */
  maxArchiveBytes: 32 * 2 ** 30,
  /** A file for the source store, such as a kernel's tree. */
  maxSourceBytes: 4 * 2 ** 30,
  maxPageSize: 200,
  maxLogLines: 10_000,
  /** Text of a page's lines; the line that goes beyond it is the last. */
  maxLogPageBytes: 4 << 20,
  /** How much of the journal is looked through for a page. */
  maxLogScanBytes: 64 << 20,
  maxIdempotencyKeyLength: 200,
  /** A comment line this often keeps proxies and clients from giving an idle event stream up. */
  sseHeartbeatMs: 15_000,
  /** How often the database is asked what has changed while somebody follows the changes. */
  changePollMs: 250,
  /** Clients that follow the changes at one time. */
  maxFollowers: 200,
  /** How many changes somebody may be behind and still continue; after more the lists are read again. */
  keptChanges: 10_000,
  /** Changes that are read, described and sent at once. */
  changesAtOnce: 100,
  /** How long an EventSource should wait before it connects again. */
  sseRetryMs: 1_000,
  /** How long a stopping server waits for answers under way. */
  stopGraceMs: 5_000,
  /** How long the head of a request may take to arrive. */
  headersTimeoutMs: 30_000,
  /** How long a body may take to arrive, counted from its head; an archive of stage images has `archiveTimeoutMs`. */
  bodyTimeoutMs: 60_000,
  /** How long an archive of stage images may take to arrive: over a slow line. */
  archiveTimeoutMs: 60 * 60_000,
  /**
   * How long a connection without a request is kept open. Longer than the minute after which proxies leave one, so that none sends
   * a request over a connection that is closed just then: https://nginx.org/en/docs/http/ngx_http_upstream_module.html#keepalive_timeout
   */
  keepAliveTimeoutMs: 75_000,
  /** All bodies together that are held in memory at one time; a body of unknown length counts as the largest. */
  maxHeldBodyBytes: 128 << 20,
  /** Connections at one time; further ones are closed at once. */
  maxConnections: 1_000,
  /** A connection is cut when its client takes nothing of what is written for so long. */
  writeStallMs: 60_000,
  /** How long the handshake of a WebSocket may take. */
  handshakeTimeoutMs: 10_000,
  /** How long a connection that was refused an answer's worth of time stays open, so that the client can read why. */
  refusalLingerMs: 1_000,
  /** Typed bytes that may wait for a machine; with more the console is closed (code 1009). */
  maxTypedAheadBytes: 1 << 20,
  /** A console is closed when no byte passes in either direction for so long. */
  consoleIdleMs: 10 * 60_000,
} as const;

/** A company has a few certificates, the whole world two hundred thousand bytes of them. */
const maxCertificateBytes = 1 << 20;

export interface Config {
  host: string;
  /** 0: any free port. */
  port: number;
  allowedHosts: string[];
  auth: 'token' | 'none';
  /** undefined: the one that is kept in the data folder. */
  token: string | undefined;
  dataDir: string;
  /** Of the key sets that images are signed with. */
  keysDir: string;
  databaseUrl: string;
  /** undefined: what dockerode finds (DOCKER_HOST, or the local socket). */
  dockerHost: string | undefined;
  /** undefined: bootstrapped from Debian's packages. */
  baseImage: string | undefined;
  logLevel: z.infer<typeof LogLevel>;
  buildConcurrency: number;
  stageConcurrency: number;
  queueLength: number;
  /** undefined: no limit but the reserve. */
  diskBudgetBytes: number | undefined;
  diskReserveBytes: number;
  cacheLimitBytes: number;
  network: StageNetwork;
  stageLimits: Readonly<Record<StageName, StageRunLimits>>;
  /** All of it as text, for people. */
  inForce: readonly SettingStatus[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws LdfError `usage` with one detail for each variable at fault, unknown `LDF_…` names included. */
export function loadConfig(environment: Environment = process.env): Config {
  const problems = unknownVariables(environment);
  const read = <Value>({ name, default: fallback, schema }: Setting<Value>): Value => {
    const given = givenFor(environment, name);
    const parsed = schema.safeParse(given === '' ? fallback : given);
    if (parsed.success) return parsed.data;
    const shown = name === named.token.name ? {} : { value: withoutPassword(given) };
    problems.push({ pointer: `/${name}`, message: parsed.error.issues[0]?.message ?? 'is not valid', ...shown });
    return schema.parse(fallback);
  };

  const dataDir = read(named.dataDir) || defaultDataDir(environment);
  const config: Config = {
    host: read(named.host),
    port: read(named.port),
    allowedHosts: read(named.allowedHosts),
    auth: read(named.auth),
    token: read(named.token),
    dataDir,
    keysDir: read(named.keysDir) || join(dataDir, 'keys'),
    databaseUrl: read(named.databaseUrl) || `file:${join(dataDir, 'ldf.db')}`,
    dockerHost: read(named.dockerHost),
    baseImage: read(named.baseImage),
    logLevel: read(named.logLevel),
    buildConcurrency: read(named.buildConcurrency),
    stageConcurrency: read(named.stageConcurrency),
    queueLength: read(named.queueLength),
    diskBudgetBytes: read(named.diskBudget),
    diskReserveBytes: read(named.diskReserve),
    cacheLimitBytes: read(named.cacheLimit),
    network: {
      httpProxy: read(named.httpProxy) ?? null,
      httpsProxy: read(named.httpsProxy) ?? null,
      noProxy: read(named.noProxy),
      certificates: readCertificates(read(named.caFile), problems),
      allowed: read(named.allowedNetworks),
      mirrors: read(named.debianMirrors),
      snapshot: read(named.snapshotUrl) ?? null,
    },
    stageLimits: forEachStage(({ name }) => {
      const { timeout, silence, memory, pids, cpus, log, output } = stageSettings(name);
      return {
        timeoutMs: read(timeout),
        silenceMs: read(silence),
        memoryBytes: read(memory),
        pids: read(pids),
        cpus: read(cpus),
        logBytes: read(log),
        outputBytes: read(output),
      };
    }),
    inForce: [],
  };
  if (config.auth === 'none' && !isLoopback(config.host))
    problems.push({
      pointer: `/${named.auth.name}`,
      message: `may be none only while ${named.host.name} is a loopback address: who can reach the API can do what Docker can`,
      value: 'none',
      hint: `Leave ${named.auth.name} out, or set ${named.host.name}=127.0.0.1.`,
    });
  if (problems.length > 0)
    throw new LdfError('usage', `The environment has ${countedProblems(problems.length)}.`, {
      hint: '`ldf serve --help-env` lists every variable with its default.',
      details: problems,
    });
  return { ...config, inForce: settingsInForce(environment, config) };
}

/** Every setting of the server with its value: the environment's, or the default that is in its place. */
function settingsInForce(environment: Environment, { dataDir, keysDir, databaseUrl }: Config): SettingStatus[] {
  const worked: Readonly<Record<string, string>> = {
    [named.dataDir.name]: dataDir,
    [named.keysDir.name]: keysDir,
    [named.databaseUrl.name]: databaseUrl,
    [named.dockerHost.name]: environment.DOCKER_HOST ?? '',
  };
  return serverSettings.map(({ setting: { name, description, default: fallback }, stage }) => {
    const given = givenFor(environment, name);
    const value = name === named.token.name ? given && '(set)' : withoutPassword(given || worked[name] || fallback);
    return { name, description, value, given: given !== '', stage };
  });
}

/**
 * An address may have `user:password@` before its host. Passwords as people write them have `/` and `@` in them, which
 * belong escaped: everything up to the last `@` is taken for one, whatever would follow.
 */
export function withoutPassword(value: string): string {
  return value.replace(/(:\/\/[^/@:]*):.*@/s, '$1@');
}

/** What is worth a warning at the start of a server: it works, but not as safely as it could. */
export function configWarnings(config: Config, environment: Environment = process.env): string[] {
  const docker = config.dockerHost ?? environment.DOCKER_HOST ?? '';
  const plain = /^(tcp|http):\/\//.test(docker) && !environment.DOCKER_TLS_VERIFY;
  if (!plain) return [];
  const address = withoutPassword(docker);
  return [
    `Docker is used at ${address} without TLS: anyone who can reach that port, or listen on the way, controls that machine.`,
  ];
}

/** What the environment says; the variables that other programs share are read in upper case, too. */
function givenFor(environment: Environment, name: string): string {
  return environment[name] || (name.startsWith('LDF_') ? '' : environment[name.toUpperCase()]) || '';
}

/** PEM; null without a file. */
function readCertificates(path: string, problems: ErrorDetail[]): string | null {
  if (path === '') return null;
  const problem = (message: string): null => {
    problems.push({ pointer: `/${named.caFile.name}`, message, value: path });
    return null;
  };
  try {
    const text = readFileSync(path, 'utf8');
    const blocks = text.match(/-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g) ?? [];
    if (blocks.length === 0) return problem('holds no certificate in PEM');
    for (const block of blocks) new X509Certificate(block);
    const certificates = `${blocks.join('\n')}\n`;
    return certificates.length > maxCertificateBytes ? problem('is larger than 1 MiB') : certificates;
  } catch (error) {
    return problem(`cannot be read as certificates: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** XDG Base Directory Specification: user data lives in $XDG_DATA_HOME, by default ~/.local/share. */
function defaultDataDir(environment: Environment): string {
  const base = environment.XDG_DATA_HOME;
  return join(base && isAbsolute(base) ? base : join(environment.HOME || homedir(), '.local', 'share'), 'ldf');
}

function unknownVariables(environment: Environment): ErrorDetail[] {
  const known = [...settings.map(({ name }) => name), ...composeVariables];
  return Object.keys(environment)
    .filter((name) => name.startsWith('LDF_') && !known.includes(name))
    .map((name) => {
      const [guess] = nearest(name, known);
      return {
        pointer: `/${name}`,
        message: 'is no variable of LDF',
        hint: guess ? `Did you mean ${guess}?` : 'Remove it.',
      };
    });
}
