/** The log: one JSON object a line, on stderr, since stdout belongs to what a command prints. */
import { destination, type Logger, pino, stdTimeFunctions } from 'pino';
import type { Config } from './config.ts';

export function createLog({ logLevel }: Pick<Config, 'logLevel'>): Logger {
  return pino({ level: logLevel, base: null, timestamp: stdTimeFunctions.isoTime }, destination({ fd: 2, sync: true }));
}
