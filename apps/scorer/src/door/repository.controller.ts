import { AppError } from '@millrace/core';
import { parseObject } from '@millrace/open-inference';
import { FullKeyGuard } from '@millrace/platform';
import { Controller, HttpCode, Param, Post, Req, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';

import { ApiErrors, jsonAnswer, optionalJsonBody } from './api-answers.ts';
import { INDEX, INDEX_REQUEST, REPOSITORY_REQUEST } from './api-schemas.ts';
import { InferenceDoor } from './inference-door.ts';
import type { RepositoryEntry } from './repository-index.ts';

/** The model folder. What the stream uses is the pipeline file's and the alias' to say. */
@Controller('v2/repository')
@UseGuards(FullKeyGuard)
@ApiBearerAuth()
export class RepositoryController {
  readonly #door: InferenceDoor;

  constructor(door: InferenceDoor) {
    this.#door = door;
  }

  @Post('index')
  @HttpCode(200)
  @ApiOperation({ summary: 'The versions that there are', requestBody: optionalJsonBody(INDEX_REQUEST) })
  @ApiResponse(jsonAnswer('One entry per version', INDEX))
  @ApiErrors(400, 401, 403, 429)
  index(@Req() request: FastifyRequest): Promise<readonly RepositoryEntry[]> {
    const { ready = false } = parseObject(bodyOf(request));
    if (typeof ready !== 'boolean') throw new AppError('INFERENCE_INVALID', 'ready: allowed is true or false.');
    return this.#door.index(ready);
  }

  @Post('models/:model/load')
  @HttpCode(200)
  @ApiOperation({
    summary:
      "Loads a version for the doors of this instance, the newest where none is said; the stream's is chosen by alias",
    requestBody: optionalJsonBody(REPOSITORY_REQUEST),
  })
  @ApiResponse({ status: 200, description: 'It may be asked' })
  @ApiErrors(400, 401, 403, 404, 429, 500, 501)
  load(@Param() { model }: { readonly model: string }, @Req() request: FastifyRequest): Promise<void> {
    return this.#door.change('load', model, versionIn(request));
  }

  @Post('models/:model/unload')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Takes back what was loaded so; the version that the pipeline uses stays',
    requestBody: optionalJsonBody(REPOSITORY_REQUEST),
  })
  @ApiResponse({ status: 200, description: 'It is gone when the calls under way have been answered' })
  @ApiErrors(400, 401, 403, 404, 409, 429)
  unload(@Param() { model }: { readonly model: string }, @Req() request: FastifyRequest): Promise<void> {
    return this.#door.change('unload', model, versionIn(request));
  }
}

function bodyOf({ body }: FastifyRequest): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
}

/** Null: none is said. @throws AppError `BODY_UNPARSEABLE`, `INFERENCE_INVALID` */
function versionIn(request: FastifyRequest): string | null {
  const { parameters = {} } = parseObject(bodyOf(request));
  if (typeof parameters !== 'object' || parameters === null || Array.isArray(parameters))
    throw new AppError('INFERENCE_INVALID', 'parameters: allowed is an object.');
  const { version } = parameters as { readonly version?: unknown };
  if (version === undefined) return null;
  if (typeof version === 'string') return version;
  throw new AppError('INFERENCE_INVALID', 'parameters.version: allowed is a text.');
}
