/** Five requests of the flights example, computed independently: features in the vector's order, then the probability. */
const ROWS = `
2013-11-12-MQ-3572-LGA,1384271940000,N537MQ,1,11.9833333333,1,419,5,2,10,13.80936,35.96,0.03,64,21,42,0.452380952381,0.454545454545,14.1,2.88636363636,35,-5.46153846154,-12,73860,0.537213385105
2013-11-13-B6-1-JFK,1384352460000,N643JB,0,10.35,2,1069,1,1,10,16.11092,32,0,61,9,50,0.02,0.030303030303,-4.68,-15.2142857143,-15.25,-11.5,-11,21120,0.0521020293236
2013-11-14-US-2167-LGA,1384423200000,N742PS,0,6,3,214,6,2,10,13.80936,35.06,0,1,1,0,,0,,,,0.3,,,0.088415145874
2013-11-17-AA-2223-LGA,1384721700000,N467AA,1,16.9166666667,6,888,4,2,1.5,0,55.94,0.02,58,20,30,0.266666666667,0.153846153846,38.1666666667,-0.788461538462,-1.5,-9.33333333333,,,0.440299034119
2013-12-05-9E-4277-LGA,1386291600000,,,21,3,585,7,2,7,8.05546,57.92,0,49,7,41,0.731707317073,0.857142857143,212,127.68,,0,,,0.746616065502
`;

export interface WorkedRow {
  readonly id: string;
  readonly at: number;
  readonly key: string | null;
  /** Null where no label came. */
  readonly label: number | null;
  readonly features: readonly (number | null)[];
  readonly probability: number;
}

export const WORKED_ROWS: readonly WorkedRow[] = ROWS.trim()
  .split('\n')
  .map((line) => {
    const [id = '', at, key = '', label, ...rest] = line.split(',');
    const numbers = rest.map((text) => (text === '' ? null : Number(text)));
    return {
      id,
      at: Number(at),
      key: key === '' ? null : key,
      label: label === '' ? null : Number(label),
      features: numbers.slice(0, -1),
      probability: numbers.at(-1) as number,
    };
  });
