import { destination, pino, stdTimeFunctions, type DestinationStream } from 'pino';

import type { LogLevel } from '../config/platform-config.ts';
import { ServiceLogger } from './service-logger.ts';

/** Loggers of a process, by service name. */
export interface Logs {
  service(name: string): ServiceLogger;
  /** For what Nest itself says outside of any service: warnings and errors. */
  framework(): ServiceLogger;
}

/** JSON lines on stderr: stdout belongs to results. */
export function openLogs(level: LogLevel, to: DestinationStream = destination({ dest: 2, sync: true })): Logs {
  const root = pino(
    {
      level,
      base: { pid: process.pid },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    to,
  );
  const quiet = root.isLevelEnabled('info') ? 'warn' : level;
  return {
    service: (name) => new ServiceLogger(root.child({ service: name })),
    framework: () => new ServiceLogger(root.child({ service: 'nest' }, { level: quiet })),
  };
}
