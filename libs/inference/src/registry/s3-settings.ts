/** Where an object store is and who asks it: what the variables `AWS_*` say. */
export interface S3Settings {
  /** Null: that of AWS in the region. */
  readonly endpoint: string | null;
  readonly region: string;
  /** Null: requests are not signed, as public buckets allow. */
  readonly credentials: S3Credentials | null;
}

export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of temporary credentials. */
  readonly sessionToken: string | null;
}

/** What a registry in an object store needs beside its location. */
export interface ModelStoreSettings {
  readonly s3: S3Settings;
  /** Where versions are kept on this machine. Absolute; made where it is not there. */
  readonly cacheFolder: string;
  /** What they may take there; those that a process uses stay beyond it. */
  readonly cacheBytes: number;
}
