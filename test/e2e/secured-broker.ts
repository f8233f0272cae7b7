import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import kafkajs, { type AclEntry, type Admin } from 'kafkajs';

import { portsOfBrokers, RestartableBroker, type BrokerPorts } from '../../scripts/log/restartable-broker.mjs';
import { passwordOf, TokenEndpoint } from './token-endpoint.ts';

const run = promisify(execFile);
const JAVA_HOME = process.env['JAVA_HOME'];
const java = (tool: string): string => (JAVA_HOME === undefined ? tool : join(JAVA_HOME, 'bin', tool));
const JARS = join('.kafka', 'libs', '*');
const STORE_PASSWORD = 'of-the-store';

export interface Login {
  readonly name: string;
  readonly mechanism: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512' | 'OAUTHBEARER';
}

export type Grant = Pick<AclEntry, 'resourceType' | 'resourceName' | 'resourcePatternType' | 'operation'>;

/**
 * A broker where users log in over TLS, with a certificate of its own, and may do only what they are granted. Its other
 * listener is the administrator's.
 */
export class SecuredBroker {
  /** For users. */
  readonly brokers: string;
  /** For the administrator, who may do everything. */
  readonly open: string;
  /** PEM file of the certificate to trust. */
  readonly ca: string;
  readonly #tokens: TokenEndpoint;
  readonly #broker: RestartableBroker;
  readonly #folder: string;
  readonly #admin: Admin;

  static async start(logins: readonly Login[]): Promise<SecuredBroker> {
    const folder = await mkdtemp(join(tmpdir(), 'millrace-secured-'));
    const keys = await makeCertificate(folder);
    const tokens = await TokenEndpoint.open();
    const [ports] = (await portsOfBrokers(1)) as [BrokerPorts];
    const broker = await RestartableBroker.start({ ports, settings: settingsOf(ports, keys.store, logins) });
    const secured = new SecuredBroker(broker, tokens, ports, folder, keys.ca);
    for (const { name, mechanism } of logins)
      if (mechanism.startsWith('SCRAM')) await secured.#addScramUser(name, mechanism);
    await secured.#admin.connect();
    return secured;
  }

  private constructor(
    broker: RestartableBroker,
    tokens: TokenEndpoint,
    ports: BrokerPorts,
    folder: string,
    ca: string,
  ) {
    this.brokers = `localhost:${ports.behindProxy}`;
    this.open = broker.brokers;
    this.ca = ca;
    this.#tokens = tokens;
    this.#broker = broker;
    this.#folder = folder;
    const retry = { retries: 5 };
    this.#admin = new kafkajs.Kafka({ brokers: [this.open], logLevel: kafkajs.logLevel.NOTHING, retry }).admin();
  }

  /** What a client's environment says to log in. */
  environment({ name, mechanism }: Login): Readonly<Record<string, string>> {
    return {
      KAFKA_BROKERS: this.brokers,
      KAFKA_SECURITY_PROTOCOL: 'SASL_SSL',
      KAFKA_SASL_MECHANISM: mechanism,
      KAFKA_SASL_USERNAME: name,
      KAFKA_SASL_PASSWORD: passwordOf(name),
      KAFKA_SSL_CA: this.ca,
      ...(mechanism === 'OAUTHBEARER' && { KAFKA_SASL_OAUTH_TOKEN_URL: this.#tokens.url }),
    };
  }

  async grant(name: string, grants: readonly Grant[]): Promise<void> {
    await this.#admin.createAcls({ acl: grants.map((grant) => aclOf(name, grant)) });
  }

  async revoke(name: string, grants: readonly Grant[]): Promise<void> {
    for (const grant of grants) {
      const { filterResponses } = await this.#admin.deleteAcls({ filters: [aclOf(name, grant)] });
      const count = filterResponses.flatMap(({ matchingAcls }) => matchingAcls).length;
      if (count !== 1) throw new Error(`${count} grants are like ${JSON.stringify(grant)}`);
    }
  }

  async remove(): Promise<void> {
    await this.#admin.disconnect();
    await this.#broker.remove();
    await this.#tokens.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** By Kafka's own tool: kafkajs cannot. */
  async #addScramUser(name: string, mechanism: string): Promise<void> {
    const credentials = `${mechanism}=[password=${passwordOf(name)}]`;
    const command = ['kafka.admin.ConfigCommand', '--bootstrap-server', this.open, '--alter'];
    const change = ['--add-config', credentials, '--entity-type', 'users', '--entity-name', name];
    await run(java('java'), ['-cp', JARS, ...command, ...change]);
  }
}

function aclOf(name: string, grant: Grant): AclEntry {
  return { ...grant, principal: `User:${name}`, host: '*', permissionType: kafkajs.AclPermissionTypes.ALLOW };
}

async function makeCertificate(folder: string): Promise<{ readonly store: string; readonly ca: string }> {
  const [store, ca] = [join(folder, 'broker.p12'), join(folder, 'ca.pem')];
  const file = ['-alias', 'broker', '-keystore', store, '-storetype', 'PKCS12', '-storepass', STORE_PASSWORD];
  const subject = ['-dname', 'CN=localhost', '-ext', 'san=dns:localhost', '-validity', '2'];
  await run(java('keytool'), ['-genkeypair', '-keyalg', 'RSA', '-keysize', '2048', ...subject, ...file]);
  await run(java('keytool'), ['-exportcert', '-rfc', '-file', ca, ...file]);
  return { store, ca };
}

function settingsOf(
  { port, controllerPort, behindProxy }: BrokerPorts,
  store: string,
  logins: readonly Login[],
): Readonly<Record<string, string>> {
  const module = 'org.apache.kafka.common.security';
  const users = logins
    .filter(({ mechanism }) => mechanism === 'PLAIN')
    .map(({ name }) => `user_${name}="${passwordOf(name)}"`);
  const scram = `${module}.scram.ScramLoginModule required;`;
  return {
    listeners: `PLAINTEXT://127.0.0.1:${port},SECURED://127.0.0.1:${behindProxy},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port},SECURED://localhost:${behindProxy}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,SECURED:SASL_SSL,CONTROLLER:PLAINTEXT',
    'ssl.keystore.location': store,
    'ssl.keystore.type': 'PKCS12',
    'ssl.keystore.password': STORE_PASSWORD,
    'listener.name.secured.sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER',
    // tokens without a signature are for tests: https://kafka.apache.org/documentation/#security_sasl_oauthbearer_unsecured_retrieval
    'listener.name.secured.oauthbearer.sasl.jaas.config': `${module}.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker";`,
    'listener.name.secured.oauthbearer.connections.max.reauth.ms': '3600000',
    'listener.name.secured.plain.sasl.jaas.config': `${module}.plain.PlainLoginModule required ${users.join(' ')};`,
    'listener.name.secured.scram-sha-256.sasl.jaas.config': scram,
    'listener.name.secured.scram-sha-512.sasl.jaas.config': scram,
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'super.users': 'User:ANONYMOUS',
  };
}
