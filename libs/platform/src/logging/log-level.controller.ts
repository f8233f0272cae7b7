import { AppError } from '@millrace/core';
import { Controller, Get, Put, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';

import { LOG_LEVELS, type LogLevel } from '../config/platform-config.ts';
import { ApiProblems } from '../http/api-problems.ts';
import { isLoopback } from '../http/check-exposure.ts';
import { ApiKeys } from '../keys/api-keys.ts';
import { ServiceLogger } from './service-logger.ts';

interface Level {
  readonly level: LogLevel;
}

const SCHEMA = {
  type: 'object',
  properties: { level: { type: 'string', enum: [...LOG_LEVELS] } } as Record<string, object>,
  required: ['level'],
};
const CONTENT = { 'application/json': { schema: SCHEMA } };

/** The least level of one service's log lines, until it is changed again or the process ends. */
@Controller('log-level')
@ApiBearerAuth()
export class LogLevelController {
  readonly #logger: ServiceLogger;
  readonly #keys: ApiKeys;

  constructor(logger: ServiceLogger, keys: ApiKeys) {
    this.#logger = logger;
    this.#keys = keys;
  }

  @Get()
  @ApiOperation({ summary: 'The least level of the log lines' })
  @ApiResponse({ status: 200, description: 'As it is', content: CONTENT })
  @ApiProblems([401, 403, 429])
  read(@Req() request: FastifyRequest): Level {
    this.#check(request);
    return { level: this.#logger.level };
  }

  @Put()
  @ApiOperation({
    summary: 'Changes the least level of the log lines',
    requestBody: { required: true, content: CONTENT },
  })
  @ApiResponse({ status: 200, description: 'As it is now', content: CONTENT })
  @ApiProblems([400, 401, 403, 429])
  change(@Req() request: FastifyRequest): Level {
    this.#check(request);
    const level = levelOf(request.body);
    if (level !== this.#logger.level) this.#logger.changeLevel(level);
    return { level };
  }

  /** Who may ask the doors may; where anybody may, only who is on this machine. @throws AppError `UNAUTHORIZED` */
  #check({ headers, socket }: FastifyRequest): void {
    this.#keys.admit(headers.authorization).checkModel(null);
    if (this.#keys.isOpen && !isLoopback(socket.remoteAddress ?? ''))
      throw new AppError(
        'UNAUTHORIZED',
        'without keys the log level is for who is on this machine. Set MILLRACE_API_KEYS, or ask from there.',
      );
  }
}

/** @throws AppError `BODY_UNPARSEABLE` */
function levelOf(body: unknown): LogLevel {
  const level = LOG_LEVELS.find((known) => known === textOf(body));
  if (level) return level;
  throw new AppError(
    'BODY_UNPARSEABLE',
    `found ${JSON.stringify(String(body ?? '').slice(0, 60))}; allowed is {"level":"debug"}, with one of ${LOG_LEVELS.join(', ')}.`,
  );
}

function textOf(body: unknown): unknown {
  try {
    const { level } = JSON.parse(String(body)) as { readonly level?: unknown };
    return level;
  } catch {
    return undefined;
  }
}
