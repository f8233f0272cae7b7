import { AppError } from '@millrace/core';
import { BadRequestException, HttpException, NotFoundException } from '@nestjs/common';
import { describe, expect, it } from 'vitest';

import { problemDocument } from './problem-document.ts';

describe('problemDocument', () => {
  it('says of a foreseen error what the table and the detail say', () => {
    expect(problemDocument(new AppError('TOO_MANY_REQUESTS', 'try again in a second'))).toEqual({
      type: 'urn:millrace:error:TOO_MANY_REQUESTS',
      title: 'Too many events are waiting',
      status: 429,
      detail: 'try again in a second',
      code: 'TOO_MANY_REQUESTS',
    });
  });

  it.each([
    [new BadRequestException('Unexpected end'), 400, 'BODY_UNPARSEABLE'],
    [new HttpException('Request body is too large', 413), 413, 'BODY_TOO_LARGE'],
    [new NotFoundException('Cannot GET /x'), 404, undefined],
  ])('keeps the status of %s', (error, status, code) => {
    const problem = problemDocument(error);
    expect([problem.status, problem.code, problem.detail]).toEqual([status, code, error.message]);
  });

  it('tells nobody what was not foreseen', () => {
    expect(problemDocument(new Error('password=1234'))).toEqual({
      type: 'about:blank',
      title: 'Internal Server Error',
      status: 500,
    });
  });
});
