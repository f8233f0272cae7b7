import { describe, expect, it } from 'vitest';

import { checkExposure } from './check-exposure.ts';

describe('checkExposure', () => {
  it.each(['127.0.0.1', '127.9.0.1', 'localhost', '::1'])('leaves %s open without keys', (host) => {
    expect(() => checkExposure(host, [])).not.toThrow();
  });

  it.each(['0.0.0.0', '::', '10.0.0.1', 'localhost.example.com', '127.0.0.1.example.com'])(
    'asks for keys on %s',
    (host) => {
      expect(() => checkExposure(host, [])).toThrow(/MILLRACE_API_KEYS/);
      expect(() => checkExposure(host, ['key'])).not.toThrow();
    },
  );
});
