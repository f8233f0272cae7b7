import { ServerCredentials } from '@grpc/grpc-js';

import type { Certificate } from '../tls/certificate-files.ts';

/** TLS for a gRPC server, whose certificate may be renewed under way. Clients need none: keys say who they are. */
export class TlsCredentials extends ServerCredentials {
  constructor(certificate: Certificate) {
    super({}, certificate);
  }

  renew(certificate: Certificate): void {
    this.updateSecureContextOptions(certificate);
  }

  override _equals(other: ServerCredentials): boolean {
    return other === this;
  }
}
