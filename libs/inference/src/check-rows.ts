import { AppError } from '@millrace/core';

/** @throws AppError `TENSOR_INVALID` where a request has more rows than may wait */
export function checkRows(name: string, rows: number, mostRows: number): void {
  if (rows > mostRows)
    throw new AppError('TENSOR_INVALID', `${name} has ${rows} rows; allowed are ${mostRows} in a request.`);
}
