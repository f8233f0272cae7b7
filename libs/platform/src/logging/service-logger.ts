import type { LoggerService } from '@nestjs/common';
import type { Logger } from 'pino';

import type { LogLevel } from '../config/platform-config.ts';

/**
 * One service's logger, both for our own lines and for Nest's. It is injected, never taken from a static: Nest's own
 * `new Logger()` is one per process, and with four services in it every line would carry the last one's name.
 *
 * Fields are JSON properties of the line. What users send (payloads, keys, values) is never logged.
 */
export class ServiceLogger implements LoggerService {
  readonly #pino: Logger;

  constructor(pino: Logger) {
    this.#pino = pino;
  }

  get level(): LogLevel {
    return this.#pino.level as LogLevel;
  }

  /** Of this service's lines alone; said at the old level or the new one, whichever lets it through. */
  changeLevel(level: LogLevel): void {
    const say = (): void => this.warn(`the log level is ${level} from here on, it was ${before}`);
    const before = this.level;
    say();
    const wasSaid = this.#pino.isLevelEnabled('warn');
    this.#pino.level = level;
    if (!wasSaid) say();
  }

  log(message: unknown, ...rest: unknown[]): void {
    this.#write('info', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.#write('error', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.#write('warn', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.#write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.#write('trace', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.#write('fatal', message, rest);
  }

  /** Nest passes a context (or a stack and a context) behind the message, we pass an object of fields. */
  #write(
    level: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace',
    message: unknown,
    rest: readonly unknown[],
  ): void {
    const fields = rest.find((item): item is object => typeof item === 'object' && item !== null);
    const context = rest.findLast((item): item is string => typeof item === 'string');
    const line = {
      ...fields,
      ...(context !== undefined && { context }),
      ...(message instanceof Error && { err: message }),
    };
    this.#pino[level](line, message instanceof Error ? message.message : String(message));
  }
}
