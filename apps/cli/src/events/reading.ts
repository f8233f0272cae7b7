/** How a file is read by one who does not want all of it, or goes by how far it is. */
export interface Reading {
  /** About this share of the file is passed over, unread but for its lines being counted: 0 to 1. All is read. */
  readonly from?: number;
  /** Before each batch: the share of the file that is read, at least. */
  readonly onRead?: ((share: number) => void | Promise<void>) | undefined;
}
