import type { JsonSchema } from '../plan.ts';

/** AsyncAPI 3.0's Message Object, as far as it is used. */
export interface Message {
  readonly name: string;
  readonly description: string;
  readonly contentType?: string;
  readonly headers: JsonSchema;
  /** A schema, or one of another format with its name. */
  readonly payload: JsonSchema;
  readonly bindings: { readonly kafka: { readonly key: JsonSchema } };
}
