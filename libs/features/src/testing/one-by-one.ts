/** Events as a file's come, in batches: of one each. */
export async function* oneByOne<T>(events: Iterable<T> | AsyncIterable<T>): AsyncGenerator<readonly T[]> {
  for await (const event of events) yield [event];
}
