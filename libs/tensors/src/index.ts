/** Ring 1: tensors, as the Open Inference Protocol names them. */
export { checkInputs } from './check-inputs.ts';
export { DATATYPES, isDatatype, type Datatype } from './datatype.ts';
export { numberTensor } from './number-tensor.ts';
export { readRaw, writeRaw } from './raw-data.ts';
export { describeShape, elementCount } from './shape.ts';
export { makeTensor, type Tensor, type TensorData, type TensorInfo } from './tensor.ts';
export { joinRows, rowBytes, rowsOf, type TensorRow } from './tensor-rows.ts';
export { zeroTensor } from './zero-tensor.ts';
