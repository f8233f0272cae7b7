export { inThreadModel, type InThreadModelOptions } from './in-thread-model.ts';
export { modelStoreContract, type StorePlace } from './model-store-contract.ts';
export { onnxFile, type OnnxGraph, type OnnxNode } from './onnx-file.ts';
export { ScriptedExecutor, type Behaviour } from './scripted-executor.ts';
export {
  castModel,
  identityModel,
  labelledModel,
  labouringModel,
  lookupModel,
  simpleModel,
  sumModel,
} from './small-models.ts';
