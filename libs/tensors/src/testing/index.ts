export { someTensor } from './some-tensor.ts';
