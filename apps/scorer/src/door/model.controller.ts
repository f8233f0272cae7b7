import { disconnected } from '@millrace/platform';
import { Controller, Get, HttpCode, Param, Post, Req, Res, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { answerCall, type InferenceCall } from './answer-call.ts';
import { ApiErrors, inferAnswer, inferBody, jsonAnswer } from './api-answers.ts';
import { CONFIG, MODEL_METADATA, MODEL_READY, STATISTICS } from './api-schemas.ts';
import { InferenceDoor } from './inference-door.ts';
import { modelConfig } from './model-config.ts';
import { ModelGuard } from './model-guard.ts';
import { modelMetadata } from './model-metadata.ts';
import { OpenGuard } from './open-guard.ts';

interface Named {
  readonly model: string;
  /** Undefined: the one in force. */
  readonly version?: string;
}

/** What is asked of a model, by its name or by name and version. */
@UseGuards(ModelGuard)
@ApiBearerAuth()
abstract class ModelEndpoints {
  readonly #door: InferenceDoor;

  constructor(door: InferenceDoor) {
    this.#door = door;
  }

  @Get()
  @ApiOperation({ summary: 'What the model takes and gives' })
  @ApiResponse(jsonAnswer('Names, datatypes and shapes; -1 is any number of rows', MODEL_METADATA))
  @ApiErrors(401, 403, 404, 429)
  metadata(@Param() { model, version }: Named): object {
    return modelMetadata(this.#door.model(model, version), this.#door.versions(model));
  }

  @Get('ready')
  @UseGuards(OpenGuard)
  @ApiOperation({ summary: 'Whether the model may be asked' })
  @ApiResponse(jsonAnswer('It may', MODEL_READY))
  @ApiErrors(401, 403, 404, 429, 503)
  ready(@Param() { model, version }: Named): object {
    return { name: this.#door.model(model, version).name, ready: true };
  }

  @Get('config')
  @ApiOperation({ summary: "Triton's model configuration, as far as it applies" })
  @ApiResponse(jsonAnswer('The configuration', CONFIG))
  @ApiErrors(401, 403, 404, 429)
  config(@Param() { model, version }: Named): object {
    return modelConfig(this.#door.model(model, version));
  }

  @Get('stats')
  @ApiOperation({ summary: 'What the model has done' })
  @ApiResponse(jsonAnswer('Counts and durations', STATISTICS))
  @ApiErrors(401, 403, 404, 429)
  statistics(@Param() { model, version }: Named): object {
    return this.#door.statistics(model, version);
  }

  @Post('infer')
  @HttpCode(200)
  @UseGuards(OpenGuard)
  @ApiOperation({ summary: 'Scores rows, in batches with those of everybody else', requestBody: inferBody() })
  @ApiResponse(inferAnswer())
  @ApiErrors(400, 401, 403, 404, 413, 415, 422, 429, 503, 504)
  async infer(@Param() { model, version }: Named, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const call = { body, headers: request.headers as InferenceCall['headers'] };
    const asked = { source: 'rest', deadlineMs: Infinity, signal: disconnected(reply.raw) } as const;
    const answer = await this.#door.infer(model, version, asked, (found, caller) => answerCall(found, call, caller));
    if (answer.headerLength !== null) void reply.header('inference-header-content-length', String(answer.headerLength));
    if (answer.coding !== null) void reply.header('content-encoding', answer.coding);
    void reply.type(answer.contentType).send(answer.body);
  }
}

@Controller('v2/models/:model')
export class ModelController extends ModelEndpoints {}

@Controller('v2/models/:model/versions/:version')
export class ModelVersionController extends ModelEndpoints {}
