export { inThreadModel, type InThreadModelOptions } from './in-thread-model.ts';
export { onnxFile, type OnnxGraph, type OnnxNode } from './onnx-file.ts';
export { ScriptedExecutor, type Behaviour } from './scripted-executor.ts';
export { labelledModel, lookupModel, sumModel } from './small-models.ts';
