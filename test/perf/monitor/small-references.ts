import { Detector, referenceProfile } from './detector.ts';
import { RowSource } from './row-source.ts';

const REFERENCES = 10;

/** Incidents per 1,000 unchanged windows, against ten references of so many rows each. */
export function againstSmallReferences(size: number, rows: number, windows: number): number {
  const each = Math.ceil(windows / REFERENCES);
  let incidents = 0;
  for (let seed = 1; seed <= REFERENCES; seed++) {
    const source = new RowSource(seed);
    const detector = new Detector(referenceProfile(source, false, size), { floor: 0.1, persistence: 2 });
    for (let window = 0; window < each; window++) {
      for (let row = 0; row < rows; row++) detector.add(source.next());
      incidents += detector.close().length;
    }
  }
  return (1000 * incidents) / (each * REFERENCES);
}
