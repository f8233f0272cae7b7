/** Where rows come from: the stream's topic, or one of the doors. */
export const SOURCES = ['topic', 'rest', 'grpc'] as const;

export type Source = (typeof SOURCES)[number];

/** Behind a door somebody waits who can be refused and told to come again; the topic waits itself, and loses nothing. */
export function isDoor(source: Source): boolean {
  return source !== 'topic';
}
