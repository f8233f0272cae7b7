import { AppError } from '@millrace/core';
import { parseObject } from '@millrace/open-inference';
import { ApiKeyGuard } from '@millrace/platform';
import { Controller, HttpCode, Param, Post, Req, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';

import { ApiErrors, jsonAnswer, optionalJsonBody } from './api-answers.ts';
import { INDEX, INDEX_REQUEST } from './api-schemas.ts';
import { InferenceDoor } from './inference-door.ts';
import type { RepositoryEntry } from './repository-index.ts';

/** The model folder. What is loaded is the pipeline file's to say. */
@Controller('v2/repository')
@UseGuards(ApiKeyGuard)
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
  @ApiErrors(400, 401)
  index(@Req() request: FastifyRequest): Promise<readonly RepositoryEntry[]> {
    const { ready = false } = parseObject(Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0));
    if (typeof ready !== 'boolean') throw new AppError('INFERENCE_INVALID', 'ready: allowed is true or false.');
    return this.#door.index(ready);
  }

  @Post(['models/:model/load', 'models/:model/unload'])
  @ApiOperation({ summary: 'Refused: predict.model and predict.version of the pipeline file say what is loaded' })
  @ApiErrors(401, 501)
  change(@Param() { model }: { readonly model: string }): never {
    return this.#door.change(model);
  }
}
