/** Where in `<p>.events` an internal record comes from. */
export interface Origin {
  readonly partition: number;
  readonly offset: number;
}
