/** A client of one model, whoever serves it. */
export interface InferClient {
  /** Asks for one row and waits for the answer. */
  infer(row: Float32Array): Promise<void>;
  close(): void;
}

/** What is asked: one float32 input of the Open Inference Protocol. */
export interface AskedModel {
  readonly name: string;
  readonly input: string;
  readonly output: string;
}
